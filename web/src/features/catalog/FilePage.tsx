import { Button } from "@mantine/core";
import { IconDownload, IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { fileUrl } from "@/api/download";
import { fileQuery, fileVersionsQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Deid } from "@/api/types";
import { RunButton } from "@/parts/jobs/RunButton";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { bytes, count, dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { FULL_WINDOW, previewKind } from "@/viewers/preview/kinds";
import { ClassificationPanel } from "./ClassificationPanel";
import { DeleteButton } from "./DeleteButton";
import { HistoryPanel } from "./HistoryPanel";
import { InfoPanel } from "./InfoPanel";
import { LazyHeaderPanel } from "./LazyHeaderPanel";
import { LockNote } from "./lock/LockNote";
import { PreviewPanel } from "./PreviewPanel";
import { idFact, SidePanels } from "./SidePanels";
import { usePlace } from "./usePlace";

/** By which profile, and where that happened. */
const deidWords = (deid: Deid | null) =>
  deid ? (
    <span title={`${deid.profile_id}, SHA-256 ${deid.sha256}, engine ${deid.engine}`}>
      by the profile of {deid.profile_id.replace(/:[0-9a-f]{24}$/, "").replace(":", " ")}
      {deid.version ? `, version ${deid.version}` : ""} ({deid.at})
    </span>
  ) : null;

const READING = new Set(["files_download", "files_view_contents"]);

/** One file, in its current or an older version. */
export function FilePage() {
  const { f } = useParams({ from: "/inside/framed/files/$f" });
  const { version } = useSearch({ from: "/inside/framed/files/$f" });
  const { data: file, error, refetch } = useQuery(fileQuery(f, version));
  const versions = useQuery(fileVersionsQuery(f));
  const held = useMay(file?.parents.project);
  // An older version is a record: it is read, never changed.
  const may = (action: string) => held(action) && (version === undefined || READING.has(action));
  useCrumbs([...usePlace(file?.parents), { label: file?.name ?? "" }]);
  if (error && !file) return <Failure error={error} what="file" onRetry={() => void refetch()} />;
  if (!file) return <Loading />;
  const place = { path: `/files/${f}`, isFile: true, may };
  const removal = file.origin.type === "device" ? "files_delete_device_data" : "files_delete_non_device_data";
  const known = [...(versions.data ?? [])].sort((a, b) => b.version - a.version);
  const dicom = file.type === "dicom";
  const exact = version === undefined ? {} : { version };
  return (
    <Page>
      <PageHead
        title={file.name}
        kind={version === undefined ? "File" : `File, version ${version}`}
        about={[
          file.type,
          bytes(file.size),
          file.zip_member_count ? count(file.zip_member_count, "member") : "",
        ]
          .filter(Boolean)
          .join(" · ")}
        actions={
          <>
            {may(removal) ? (
              <DeleteButton level="file" id={f} label={file.name} parents={file.parents} />
            ) : null}
            {may("files_download") ? (
              <Button
                component="a"
                href={fileUrl(file, exact)}
                download={file.name}
                variant="default"
                leftSection={<IconDownload size={16} />}
              >
                Download
              </Button>
            ) : null}
            <RunButton target={file.parent_ref.id} file={f} may={may} />
            {FULL_WINDOW.has(previewKind(file)) && may("files_view_contents") ? (
              <LinkButton to="/viewer" search={{ file: f, ...exact }} leftSection={<IconEye size={16} />}>
                View
              </LinkButton>
            ) : null}
          </>
        }
      />
      <LockNote project={file.parents.project} />
      <Columns
        main={
          <>
            {may("files_view_contents") ? <PreviewPanel file={file} /> : null}
            {dicom ? <LazyHeaderPanel fileId={f} {...exact} /> : null}
            <InfoPanel place={place} info={file.info} revision={file.revision} />
            <Panel title="Versions" flush>
              <SimpleTable
                label="Versions"
                rows={known}
                rowKey={(row) => String(row.version)}
                columns={[
                  {
                    head: "Version",
                    cell: (row) => (
                      <Link
                        to="/files/$f"
                        params={{ f }}
                        search={row.version === known[0]?.version ? {} : { version: row.version }}
                      >
                        {row.version}
                        {row.version === known[0]?.version ? " (current)" : ""}
                      </Link>
                    ),
                  },
                  { head: "Made", cell: (row) => dateTime(row.created) },
                  { head: "By", cell: (row) => [row.origin.type, row.origin.id].filter(Boolean).join(" ") },
                  {
                    head: "Size",
                    number: true,
                    cell: (row) => (row.size === undefined ? "" : bytes(row.size)),
                  },
                ]}
              />
            </Panel>
            <HistoryPanel level="file" id={f} />
          </>
        }
        side={
          <>
            <ClassificationPanel file={file} mayEdit={may("files_modify_metadata")} />
            <SidePanels
              place={place}
              facts={[
                ["Type", file.type],
                ["Media type", file.mimetype],
                ["Size", `${file.size.toLocaleString("en-US")} bytes`],
                ["Origin", [file.origin.type, file.origin.id].filter(Boolean).join(" ")],
                ["De-identified", deidWords(file.deid)],
                ["Created", dateTime(file.created)],
                ["Changed", dateTime(file.modified)],
                idFact("Hash", file.hash),
                idFact("File id", file.file_id),
              ]}
              tags={file.tags}
            />
          </>
        }
      />
    </Page>
  );
}
