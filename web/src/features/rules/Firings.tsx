import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { ago } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import { type Firing, firingsQuery } from "./rule";

const OUTCOMES = {
  job: ["ok", t("started a job")],
  repeated: ["off", t("stopped: it was here before")],
  ambiguous: ["warn", t("not clear which files")],
  refused: ["bad", t("refused")],
  paused: ["bad", t("paused: too many")],
} as const;

function Outcome({ line }: { line: Firing }) {
  const [state, words] = OUTCOMES[line.outcome];
  return <StateMark state={state} words={words} />;
}

/** What came of a rule lately. */
export function Firings({ project, rule }: { project: string; rule: string }) {
  const found = useQuery(firingsQuery(project, rule));
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("history")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading rows={3} />;
  if (found.data.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t("It has not fired yet.")}
      </Text>
    );
  return (
    <SimpleTable
      label={t("Last firings")}
      rows={found.data}
      rowKey={(line) => line._id}
      columns={[
        { head: t("When"), cell: (line) => ago(line.at) },
        { head: t("What came of it"), cell: (line) => <Outcome line={line} /> },
        {
          head: t("File"),
          cell: ({ file_id, file_name }) =>
            file_id ? (
              <Link to="/files/$f" params={{ f: file_id }}>
                {file_name}
              </Link>
            ) : (
              file_name
            ),
        },
        {
          head: t("Job"),
          cell: ({ job_id, reason }) =>
            job_id ? (
              <Link to="/jobs/$j" params={{ j: job_id }}>
                {t("Job")}
              </Link>
            ) : (
              reason
            ),
        },
      ]}
    />
  );
}
