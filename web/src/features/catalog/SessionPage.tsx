import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { containerQuery, listQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Acquisition } from "@/api/types";
import { plural, t, tIn } from "@/i18n/text";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { RunButton } from "@/parts/jobs/RunButton";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { age, dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { AcquisitionsTable } from "./AcquisitionsTable";
import { AnalysesPanel } from "./analyses/AnalysesPanel";
import { CompliancePanel } from "./CompliancePanel";
import { DeleteButton } from "./DeleteButton";
import { valueWord } from "./details/valueWords";
import { FilesPanel } from "./FilesPanel";
import { HistoryPanel } from "./HistoryPanel";
import { InfoPanel } from "./InfoPanel";
import { LockNote } from "./lock/LockNote";
import { idFact, SidePanels } from "./SidePanels";
import { usePlace } from "./usePlace";

const MOST = 1000;

/** One session: its acquisitions with their series. */
export function SessionPage() {
  const { s } = useParams({ from: "/inside/framed/sessions/$s" });
  const found = useQuery(containerQuery("sessions", s));
  const acquisitions = useQuery(
    listQuery<Acquisition>(`/sessions/${s}/acquisitions`, { sort: "timestamp:asc", limit: MOST }),
  );
  const session = found.data;
  const may = useMay(session?.parents.project);
  useCrumbs([...usePlace(session?.parents), { label: session?.label ?? "" }]);
  if (found.error && !session)
    return <Failure error={found.error} what={t("session")} onRetry={() => void found.refetch()} />;
  if (!session) return <Loading />;
  const place = { path: `/sessions/${s}`, may };
  const rows = acquisitions.data?.results ?? [];
  const viewable = rows.some((row) => row.files?.some((file) => file.type === "dicom"));
  return (
    <Page>
      <PageHead
        title={session.label || t("untitled")}
        kind={t("Session")}
        about={[
          session.subject?.label,
          dateTime(session.timestamp),
          acquisitions.data ? plural(rows.length, "{count} acquisition", "{count} acquisitions") : "",
        ]
          .filter(Boolean)
          .join(" · ")}
        actions={
          <>
            {may("containers_delete_hierarchy") ? (
              <DeleteButton level="session" id={s} label={session.label} parents={session.parents} />
            ) : null}
            {may("files_download") ? <DownloadButton nodes={[{ level: "session", _id: s }]} /> : null}
            <RunButton target={s} may={may} />
            {viewable && may("files_view_contents") ? (
              <LinkButton to="/viewer" search={{ session: s }} leftSection={<IconEye size={16} />}>
                {tIn("verb", "View")}
              </LinkButton>
            ) : null}
          </>
        }
      />
      <LockNote project={session.parents.project} />
      <Columns
        main={
          <>
            <AcquisitionsTable found={acquisitions} mayView={may("files_view_contents")} />
            {session.files?.length || may("files_create_single") ? (
              <FilesPanel
                files={session.files ?? []}
                may={may}
                into={{ id: s, label: session.label }}
                title={t("Session files")}
              />
            ) : null}
            <AnalysesPanel of={`/sessions/${s}`} may={may} />
            <InfoPanel place={place} info={session.info} revision={session.revision} />
            <HistoryPanel level="session" id={s} />
          </>
        }
        side={
          <>
            <CompliancePanel
              session={s}
              judged={typeof session.satisfies_template === "boolean" && may("session_templates_view")}
            />
            <SidePanels
              place={place}
              details={session}
              facts={[
                [
                  t("Subject"),
                  session.subject ? (
                    <Link
                      key="subject"
                      to="/projects/$p/subjects/$s"
                      params={{ p: session.project, s: session.subject._id }}
                    >
                      {session.subject.label}
                    </Link>
                  ) : null,
                ],
                [
                  t("Scanned"),
                  session.timestamp ? (
                    <span key="at" title={`${session.timestamp} (${session.timezone ?? t("no zone")})`}>
                      {dateTime(session.timestamp)}
                    </span>
                  ) : null,
                ],
                [t("Age"), age(session.age)],
                [t("Sex"), valueWord(session.subject?.sex)],
                [t("Weight"), session.weight === null ? null : `${session.weight} kg`],
                [t("Operator"), session.operator],
                idFact(t("Study UID"), session.uid),
                [t("Received"), dateTime(session.created)],
                idFact(t("Session id"), session._id),
              ]}
              tags={session.tags}
              notes={session.notes}
            />
          </>
        }
      />
    </Page>
  );
}
