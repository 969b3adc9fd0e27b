import { Anchor, Group, Text } from "@mantine/core";
import { useLayoutEffect, useRef } from "react";
import { apiUrl } from "@/api/client";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import classes from "./LogPanel.module.css";
import { useLog } from "./useLog";

const STAGES = {
  opening: t("Opening…"),
  following: t("Live"),
  ended: t("Ended"),
  lost: t("The log is not sent any more. Reload the page to try again."),
};
const NEAR_THE_END_PX = 40;

/** What a run printed, live; stays at the end unless the reader scrolled up. */
export function LogPanel({ job }: { job: string }) {
  const { log, stage } = useLog(job);
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text is the reason to scroll
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log]);
  return (
    <Panel
      title={t("Log")}
      flush
      aside={
        <Group gap="md" wrap="nowrap">
          <Text size="sm" c="dimmed" role="status">
            {STAGES[stage]}
          </Text>
          <Anchor size="sm" href={apiUrl(`/jobs/${job}/logs/text`)} target="_blank" rel="noreferrer">
            {t("As text")}
          </Anchor>
        </Group>
      }
    >
      <section
        ref={box}
        className={`mono ${classes.log}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
        aria-label={t("Lines of the log")}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
        }}
      >
        {log.cut ? (
          <span data-fd="-1">{t("Earlier lines are left out here; “As text” has them.")}</span>
        ) : null}
        {log.records.map((record) => (
          <span key={record.key} data-fd={record.fd}>
            {record.msg}
          </span>
        ))}
        {log.records.length === 0 && stage !== "opening" ? (
          <span data-fd="-1">
            {stage === "ended" ? t("Nothing was printed.") : t("Nothing printed yet.")}
          </span>
        ) : null}
      </section>
    </Panel>
  );
}
