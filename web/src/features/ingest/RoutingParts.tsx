import { Text } from "@mantine/core";
import type { RoutingPreview } from "@/api/types";
import { t, tIn } from "@/i18n/text";
import { flagWords, reasonWords } from "@/ui/routingWords";
import { StateMark } from "@/ui/StateMark";
import classes from "./RoutingParts.module.css";

const PARTS = [
  { key: "group", words: t("Group"), absent: tIn("part of a routing string", "none") },
  { key: "project", words: t("Project"), absent: tIn("part of a routing string", "none") },
  { key: "subject", words: t("Subject"), absent: t("from the header") },
  { key: "session", words: t("Session"), absent: t("from the header") },
] as const;

/** A routing string taken apart, as the connector does it. */
export function RoutingParts({ preview: { routing } }: { preview: RoutingPreview }) {
  return (
    <div className={classes.block} aria-live="polite">
      <dl className={classes.parts}>
        {PARTS.map(({ key, words, absent }) => (
          <div key={key} className={classes.part} data-absent={routing[key] === null || undefined}>
            <dt>{words}</dt>
            <dd title={routing[key] ?? absent}>{routing[key] ?? absent}</dd>
          </div>
        ))}
      </dl>
      {routing.status === "ok" ? null : <StateMark state="warn" words={reasonWords(routing.status)} />}
      {routing.flags.map((flag) => (
        <Text key={flag} size="sm" c="dimmed">
          {flagWords(flag)}
        </Text>
      ))}
    </div>
  );
}
