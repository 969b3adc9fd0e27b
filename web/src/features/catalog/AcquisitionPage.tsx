import { Select } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { containerQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { plural, t, tIn } from "@/i18n/text";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { RunButton } from "@/parts/jobs/RunButton";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { PanelBoundary } from "@/ui/PanelBoundary";
import { AnalysesPanel } from "./analyses/AnalysesPanel";
import { DeleteButton } from "./DeleteButton";
import { FilesPanel } from "./FilesPanel";
import { HistoryPanel } from "./HistoryPanel";
import { InfoPanel } from "./InfoPanel";
import { LazyHeaderPanel } from "./LazyHeaderPanel";
import { LockNote } from "./lock/LockNote";
import { idFact, SidePanels } from "./SidePanels";
import { usePlace } from "./usePlace";

/** One acquisition: files, metadata and the DICOM header of one of its files. */
export function AcquisitionPage() {
  const { a } = useParams({ from: "/inside/framed/acquisitions/$a" });
  const { file: wanted } = useSearch({ from: "/inside/framed/acquisitions/$a" });
  const navigate = useNavigate({ from: "/acquisitions/$a" });
  const { data: acquisition, error, refetch } = useQuery(containerQuery("acquisitions", a));
  const may = useMay(acquisition?.parents.project);
  useCrumbs([...usePlace(acquisition?.parents), { label: acquisition?.label ?? "" }]);
  if (error && !acquisition)
    return <Failure error={error} what={t("acquisition")} onRetry={() => void refetch()} />;
  if (!acquisition) return <Loading />;
  const files = acquisition.files ?? [];
  const series = files.filter((file) => file.type === "dicom");
  const shown = series.find((file) => file.file_id === wanted) ?? series[0];
  const place = { path: `/acquisitions/${a}`, may };
  return (
    <Page>
      <PageHead
        title={acquisition.label || t("untitled")}
        kind={t("Acquisition")}
        about={[dateTime(acquisition.timestamp), plural(files.length, "{count} file", "{count} files")]
          .filter(Boolean)
          .join(" · ")}
        actions={
          <>
            {may("containers_delete_hierarchy") ? (
              <DeleteButton
                level="acquisition"
                id={a}
                label={acquisition.label}
                parents={acquisition.parents}
              />
            ) : null}
            {may("files_download") ? <DownloadButton nodes={[{ level: "acquisition", _id: a }]} /> : null}
            <RunButton target={a} may={may} />
            {shown && may("files_view_contents") ? (
              <LinkButton to="/viewer" search={{ file: shown.file_id }} leftSection={<IconEye size={16} />}>
                {tIn("verb", "View")}
              </LinkButton>
            ) : null}
          </>
        }
      />
      <LockNote project={acquisition.parents.project} />
      <Columns
        main={
          <>
            <FilesPanel files={files} may={may} into={{ id: a, label: acquisition.label }} />
            <AnalysesPanel of={`/acquisitions/${a}`} may={may} />
            <InfoPanel place={place} info={acquisition.info} revision={acquisition.revision} />
            {shown ? (
              <PanelBoundary what={t("header")}>
                <LazyHeaderPanel
                  fileId={shown.file_id}
                  choice={
                    series.length > 1 ? (
                      <Select
                        size="xs"
                        w={280}
                        aria-label={t("Header of file")}
                        data={series.map((file) => ({ value: file.file_id, label: file.name }))}
                        value={shown.file_id}
                        onChange={(file) => void navigate({ search: file ? { file } : {}, replace: true })}
                      />
                    ) : null
                  }
                />
              </PanelBoundary>
            ) : null}
            <HistoryPanel level="acquisition" id={a} />
          </>
        }
        side={
          <SidePanels
            place={place}
            details={acquisition}
            facts={[
              [t("Scanned"), dateTime(acquisition.timestamp)],
              [t("Time zone"), acquisition.timezone],
              idFact(t("Series UID"), acquisition.uid),
              [t("Received"), dateTime(acquisition.created)],
              idFact(t("Acquisition id"), acquisition._id),
            ]}
            tags={acquisition.tags}
            notes={acquisition.notes}
          />
        }
      />
    </Page>
  );
}
