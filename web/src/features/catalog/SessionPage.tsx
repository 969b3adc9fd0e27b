import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { containerQuery, listQuery } from "@/api/queries";
import type { Acquisition } from "@/api/types";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { age, count, dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { AcquisitionsTable } from "./AcquisitionsTable";
import { DeleteButton } from "./DeleteButton";
import { DownloadButton } from "./DownloadButton";
import { FilesPanel } from "./FilesPanel";
import { InfoPanel } from "./InfoPanel";
import { NotesPanel } from "./NotesPanel";
import { TagsPanel } from "./TagsPanel";
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
  useCrumbs([...usePlace(session?.parents), { label: session?.label ?? "" }]);
  if (found.error && !session)
    return <Failure error={found.error} what="session" onRetry={() => void found.refetch()} />;
  if (!session) return <Loading />;
  const place = { path: `/sessions/${s}` };
  const rows = acquisitions.data?.results ?? [];
  const viewable = rows.some((row) => row.files?.some((file) => file.type === "dicom"));
  return (
    <Page>
      <PageHead
        title={session.label || "untitled"}
        kind="Session"
        about={[
          session.subject?.label,
          dateTime(session.timestamp),
          acquisitions.data ? count(rows.length, "acquisition") : "",
        ]
          .filter(Boolean)
          .join(" · ")}
        actions={
          <>
            <DeleteButton level="session" id={s} label={session.label} parents={session.parents} />
            <DownloadButton nodes={[{ level: "session", _id: s }]} />
            {viewable ? (
              <LinkButton to="/viewer" search={{ session: s }} leftSection={<IconEye size={16} />}>
                View
              </LinkButton>
            ) : null}
          </>
        }
      />
      <Columns
        main={
          <>
            <AcquisitionsTable found={acquisitions} />
            {session.files?.length ? <FilesPanel files={session.files} title="Session files" /> : null}
            <InfoPanel place={place} info={session.info} />
          </>
        }
        side={
          <>
            <Panel title="About">
              <Facts
                facts={[
                  [
                    "Subject",
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
                    "Scanned",
                    session.timestamp ? (
                      <span key="at" title={`${session.timestamp} (${session.timezone ?? "no zone"})`}>
                        {dateTime(session.timestamp)}
                      </span>
                    ) : null,
                  ],
                  ["Age", age(session.age)],
                  ["Sex", session.subject?.sex],
                  ["Weight", session.weight === null ? null : `${session.weight} kg`],
                  ["Operator", session.operator],
                  [
                    "Study UID",
                    <span key="uid" className="mono">
                      {session.uid}
                    </span>,
                  ],
                  ["Received", dateTime(session.created)],
                  [
                    "Session id",
                    <span key="id" className="mono">
                      {session._id}
                    </span>,
                  ],
                ]}
              />
            </Panel>
            <TagsPanel place={place} tags={session.tags} />
            <NotesPanel place={place} notes={session.notes} />
          </>
        }
      />
    </Page>
  );
}
