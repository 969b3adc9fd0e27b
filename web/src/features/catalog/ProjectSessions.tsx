import { useParams } from "@tanstack/react-router";
import { useProject } from "@/api/queries";
import { useMay } from "@/api/rights";
import { BatchButton } from "@/parts/batch/BatchButton";
import { BulkEditButton } from "@/parts/bulkedit/BulkEditButton";
import { AddToCollectionButton } from "@/parts/collect/AddToCollectionButton";
import { collectNodes } from "@/parts/collect/collectNodes";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { mayRunAny } from "@/parts/jobs/rights";
import { NothingHere } from "./NothingHere";
import { SessionsTable } from "./SessionsTable";

/** A project's sessions: its default tab. */
export function ProjectSessions() {
  const { p } = useParams({ strict: false }) as { p: string };
  const project = useProject(p);
  const may = useMay(p);
  return (
    <SessionsTable
      path={`/projects/${p}/sessions`}
      name="sessions"
      judged={project.templates.length > 0 && may("session_templates_view")}
      actions={(nodes) => (
        <>
          {mayRunAny(may) ? <BatchButton nodes={nodes} project={p} /> : null}
          {may("containers_modify_metadata") || may("tags_manage") ? (
            <BulkEditButton level="sessions" ids={async () => (await nodes()).map((node) => node._id)} />
          ) : null}
          <AddToCollectionButton add={collectNodes(nodes)} />
          {may("files_download") ? <DownloadButton nodes={nodes} primary /> : null}
        </>
      )}
      empty={<NothingHere group={project.group} project={project.label} />}
    />
  );
}
