import { Button } from "@mantine/core";
import { IconDownload, IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { fileUrl } from "@/api/download";
import { fileQuery, fileVersionsQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Deid } from "@/api/types";
import { levelWord } from "@/i18n/levels";
import { figure, plural, t, tIn } from "@/i18n/text";
import { LineageButton } from "@/parts/jobs/LineageButton";
import { RunButton } from "@/parts/jobs/RunButton";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { bytes, dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { originWords } from "@/ui/originWords";
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

/** Whose profile it is: `site`, `group psych`, `project`, whose id says nothing. */
function ownerOf({ profile_id }: Deid): string {
  const [kind = "", ...id] = profile_id.replace(/:[0-9a-f]{24}$/, "").split(":");
  return [kind === "site" ? t("site") : levelWord(kind), id.join(":")].filter(Boolean).join(" ");
}

/** By which profile, and where that happened. */
const deidWords = (deid: Deid | null) =>
  deid ? (
    <span
      title={t("{profile_id}, SHA-256 {sha256}, engine {engine}", {
        profile_id: deid.profile_id,
        sha256: deid.sha256,
        engine: deid.engine,
      })}
    >
      {deid.version
        ? t("by the profile of {owner}, version {version} ({place})", {
            owner: ownerOf(deid),
            version: deid.version,
            place: deid.at,
          })
        : t("by the profile of {owner} ({place})", { owner: ownerOf(deid), place: deid.at })}
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
  if (error && !file) return <Failure error={error} what={t("file")} onRetry={() => void refetch()} />;
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
        kind={version === undefined ? t("File") : t("File, version {version}", { version })}
        about={[
          file.type,
          bytes(file.size),
          file.zip_member_count ? plural(file.zip_member_count, "{count} member", "{count} members") : "",
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
                {t("Download")}
              </Button>
            ) : null}
            <LineageButton kind="file" id={f} {...exact} />
            <RunButton target={file.parent_ref.id} file={f} may={may} />
            {FULL_WINDOW.has(previewKind(file)) && may("files_view_contents") ? (
              <LinkButton to="/viewer" search={{ file: f, ...exact }} leftSection={<IconEye size={16} />}>
                {tIn("verb", "View")}
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
            <Panel title={t("Versions")} flush>
              <SimpleTable
                label={t("Versions")}
                rows={known}
                rowKey={(row) => String(row.version)}
                columns={[
                  {
                    head: t("Version"),
                    cell: (row) => (
                      <Link
                        to="/files/$f"
                        params={{ f }}
                        search={row.version === known[0]?.version ? {} : { version: row.version }}
                      >
                        {row.version === known[0]?.version
                          ? t("{version} (current)", { version: row.version })
                          : row.version}
                      </Link>
                    ),
                  },
                  { head: t("Made"), cell: (row) => dateTime(row.created) },
                  {
                    head: t("By"),
                    cell: (row) => originWords(row.origin),
                  },
                  {
                    head: t("Size"),
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
                [t("Type"), file.type],
                [t("Media type"), file.mimetype],
                [t("Size"), t("{size} bytes", { size: figure(file.size) })],
                [t("Origin"), originWords(file.origin)],
                [t("De-identified"), deidWords(file.deid)],
                [t("Created"), dateTime(file.created)],
                [t("Changed"), dateTime(file.modified)],
                idFact(t("Hash"), file.hash),
                idFact(t("File id"), file.file_id),
              ]}
              tags={file.tags}
            />
          </>
        }
      />
    </Page>
  );
}
