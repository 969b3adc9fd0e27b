import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { jobQuery } from "@/api/jobs";
import { containerQuery } from "@/api/queries";
import { type May, useMay, useMayInCollection } from "@/api/rights";
import type { Analysis } from "@/api/types";
import { levelWord } from "@/i18n/levels";
import { t, tIn } from "@/i18n/text";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { JobMark } from "@/parts/jobs/JobMark";
import { LineageButton } from "@/parts/jobs/LineageButton";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { bytes, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { DeleteButton } from "../DeleteButton";
import { FilesPanel } from "../FilesPanel";
import { InfoPanel } from "../InfoPanel";
import { LockNote } from "../lock/LockNote";
import { idFact, SidePanels } from "../SidePanels";
import { usePlace } from "../usePlace";

/** An analysis of a project's data, or one that a collection holds: their rights differ. */
export function AnalysisPage() {
  const { a } = useParams({ from: "/inside/framed/analyses/$a" });
  const found = useQuery(containerQuery("analyses", a));
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("analysis")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return found.data.parent.type === "collection" ? (
    <OfCollection analysis={found.data} />
  ) : (
    <OfProject analysis={found.data} />
  );
}

function OfProject({ analysis }: { analysis: Analysis }) {
  const may = useMay(analysis.parents.project);
  const crumbs = usePlace({ ...analysis.parents, analysis: null });
  useCrumbs([...crumbs, { label: analysis.label }]);
  return (
    <Content
      analysis={analysis}
      may={(action) => may(action === "containers_modify_metadata" ? "analyses_modify_metadata" : action)}
    />
  );
}

function OfCollection({ analysis }: { analysis: Analysis }) {
  const { data: collection } = useQuery(containerQuery("collections", analysis.parent.id));
  const changes = useMayInCollection(collection?.permissions);
  useCrumbs([
    { label: t("Collections"), href: "/collections" },
    { label: collection?.label ?? "…", href: `/collections/${analysis.parent.id}` },
    { label: analysis.label },
  ]);
  const may: May = (action) => action === "files_download" || changes(action);
  return <Content analysis={analysis} may={may} />;
}

/** What went in, what came out, and what people say of it. */
function Content({ analysis, may }: { analysis: Analysis; may: May }) {
  const { _id: id, label, parent } = analysis;
  const place = { path: `/analyses/${id}`, may };
  const owner = { ...analysis.parents, ...(parent.type === "collection" ? { collection: parent.id } : {}) };
  return (
    <Page>
      <PageHead
        title={label}
        kind={t("Analysis of a {level}", { level: levelWord(parent.type) })}
        about={analysis.description}
        actions={
          <>
            {may("analyses_delete") ? (
              <DeleteButton level="analysis" id={id} label={label} parents={{ ...owner, analysis: null }} />
            ) : null}
            <LineageButton kind="analysis" id={id} />
            {may("files_download") && analysis.files?.length ? (
              <DownloadButton nodes={[{ level: "analysis", _id: id }]} />
            ) : null}
          </>
        }
      />
      {analysis.parents.project ? <LockNote project={analysis.parents.project} /> : null}
      <Columns
        main={
          <>
            <FilesPanel
              title={t("Outputs")}
              files={analysis.files ?? []}
              may={(action) => may(action === "files_create_single" ? "analyses_create_sdk" : action)}
              into={{ id, label }}
            />
            <Inputs files={analysis.inputs ?? []} />
            <InfoPanel place={place} info={analysis.info} revision={analysis.revision} />
          </>
        }
        side={
          <>
            {analysis.job ? <Run job={analysis.job} /> : null}
            <SidePanels
              place={place}
              facts={[
                [t("Made"), dateTime(analysis.created)],
                [t("Changed"), dateTime(analysis.modified)],
                [t("Made by"), analysis.job ? tIn("made by", "a gear") : tIn("made by", "people")],
                idFact(t("Analysis id"), id),
              ]}
              tags={analysis.tags}
              notes={analysis.notes}
            />
          </>
        }
      />
    </Page>
  );
}

/** The exact versions that it was made of. */
function Inputs({ files }: { files: Analysis["inputs"] }) {
  return (
    <Panel title={t("Inputs")} flush>
      {files.length === 0 ? (
        <Message title={t("No inputs are known")} />
      ) : (
        <SimpleTable
          label={t("Inputs")}
          rows={files}
          rowKey={(file) => `${file.file_id} ${file.version}`}
          columns={[
            {
              head: t("File"),
              cell: (file) => (
                <Link to="/files/$f" params={{ f: file.file_id }} search={{ version: file.version }}>
                  {file.name}
                </Link>
              ),
            },
            { head: t("Type"), cell: (file) => file.type },
            { head: t("Version"), number: true, cell: (file) => file.version },
            { head: t("Size"), number: true, cell: (file) => bytes(file.size) },
          ]}
        />
      )}
    </Panel>
  );
}

/** The run that makes it, as far as the user may see it. */
function Run({ job: id }: { job: string }) {
  const { data: job } = useQuery(jobQuery(id));
  if (!job) return null;
  return (
    <Panel title={tIn("noun", "Run")}>
      <Link to="/jobs/$j" params={{ j: id }}>
        {job.gear_info.label ?? job.gear_info.name} {job.gear_info.version}
      </Link>
      <div role="status">
        <JobMark state={job.state} />
      </div>
    </Panel>
  );
}
