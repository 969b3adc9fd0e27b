import { Text } from "@mantine/core";
import type { RoutingPreview } from "@/api/types";
import { flagWords, reasonWords } from "@/ui/routingWords";
import { StateMark } from "@/ui/StateMark";
import classes from "./RoutingParts.module.css";

const PARTS = [
  { key: "group", words: "Group", absent: "none" },
  { key: "project", words: "Project", absent: "none" },
  { key: "subject", words: "Subject", absent: "from the header" },
  { key: "session", words: "Session", absent: "from the header" },
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
