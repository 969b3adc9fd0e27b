import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { containerQuery, listQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Session } from "@/api/types";
import { t } from "@/i18n/text";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { age, dateTime } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { AnalysesPanel } from "./analyses/AnalysesPanel";
import { DeleteButton } from "./DeleteButton";
import { valueWord } from "./details/valueWords";
import { FilesPanel } from "./FilesPanel";
import { HistoryPanel } from "./HistoryPanel";
import { InfoPanel } from "./InfoPanel";
import { LockNote } from "./lock/LockNote";
import { idFact, SidePanels } from "./SidePanels";
import { usePlace } from "./usePlace";

const MOST = 500;

/** One subject: its sessions and what is known of it. */
export function SubjectPage() {
  const { s } = useParams({ from: "/inside/framed/projects/$p/subjects/$s" });
  const found = useQuery(containerQuery("subjects", s));
  const sessions = useQuery(
    listQuery<Session>(`/subjects/${s}/sessions`, { sort: "timestamp:asc", limit: MOST }),
  );
  const subject = found.data;
  const may = useMay(subject?.parents.project);
  useCrumbs([...usePlace(subject?.parents), { label: subject?.label ?? "" }]);
  if (found.error && !subject)
    return <Failure error={found.error} what={t("subject")} onRetry={() => void found.refetch()} />;
  if (!subject) return <Loading />;
  const place = { path: `/subjects/${s}`, may };
  const rows = sessions.data?.results ?? [];
  return (
    <Page>
      <PageHead
        title={subject.label}
        kind={t("Subject")}
        actions={
          <>
            {may("containers_delete_hierarchy") ? (
              <DeleteButton level="subject" id={s} label={subject.label} parents={subject.parents} />
            ) : null}
            {may("files_download") ? <DownloadButton nodes={[{ level: "subject", _id: s }]} /> : null}
          </>
        }
      />
      <LockNote project={subject.parents.project} />
      <Columns
        main={
          <>
            <ListPanel
              title={t("Sessions")}
              what={t("session list")}
              found={sessions}
              rows={sessions.data ? rows : undefined}
              empty={<Message title={t("No sessions yet")} />}
              rowKey={(row) => row._id}
              columns={[
                {
                  head: t("Session"),
                  cell: (row) => (
                    <Link to="/sessions/$s" params={{ s: row._id }}>
                      {row.label || t("untitled")}
                    </Link>
                  ),
                },
                { head: t("Scanned"), cell: (row) => dateTime(row.timestamp) },
                { head: t("Age"), number: true, cell: (row) => age(row.age) },
                { head: t("Operator"), cell: (row) => row.operator },
              ]}
            />
            {subject.files?.length || may("files_create_single") ? (
              <FilesPanel
                files={subject.files ?? []}
                may={may}
                into={{ id: subject._id, label: subject.label }}
                title={t("Subject files")}
              />
            ) : null}
            <AnalysesPanel of={`/subjects/${s}`} may={may} />
            <InfoPanel place={place} info={subject.info} revision={subject.revision} />
            <HistoryPanel level="subject" id={s} />
          </>
        }
        side={
          <SidePanels
            place={place}
            details={subject}
            facts={[
              [t("Code"), subject.code !== subject.label ? subject.code : null],
              [t("Name"), [subject.firstname, subject.lastname].filter(Boolean).join(" ")],
              [t("Sex"), valueWord(subject.sex)],
              [t("Cohort"), valueWord(subject.cohort)],
              [t("Type"), valueWord(subject.type)],
              [t("Received"), dateTime(subject.created)],
              idFact(t("Subject id"), subject._id),
            ]}
            tags={subject.tags}
            notes={subject.notes}
          />
        }
      />
    </Page>
  );
}
