import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listQuery } from "@/api/queries";
import type { Session } from "@/api/types";
import { useProjectLabels } from "@/api/useProjectLabels";
import { t } from "@/i18n/text";
import { ago, dateTime } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";

/** The sessions that came in last, over all projects. */
export function LatestSessions() {
  const found = useQuery({
    ...listQuery<Session>("/sessions", { sort: "created:desc", limit: 12 }),
    placeholderData: keepPreviousData,
  });
  const sessions = found.data?.results ?? [];
  const projectLabel = useProjectLabels(sessions.map((row) => row.project));
  return (
    <ListPanel
      title={t("Latest sessions")}
      what={t("session list")}
      found={found}
      rows={found.data?.results}
      rowKey={(row) => row._id}
      empty={
        <Message title={t("No sessions yet")}>
          {t("Send a study from a scanner; it appears here within seconds, without a reload.")}
        </Message>
      }
      columns={[
        {
          head: t("Session"),
          cell: (row) => (
            <Link to="/sessions/$s" params={{ s: row._id }}>
              {row.label || t("untitled")}
            </Link>
          ),
        },
        { head: t("Subject"), cell: (row) => row.subject?.label },
        {
          head: t("Project"),
          cell: (row) => (
            <Link to="/projects/$p" params={{ p: row.project }}>
              {projectLabel(row.project) || t("Project")}
            </Link>
          ),
        },
        { head: t("Scanned"), cell: (row) => dateTime(row.timestamp) },
        {
          head: t("Received"),
          cell: (row) => <span title={dateTime(row.created)}>{ago(row.created)}</span>,
        },
      ]}
    />
  );
}
