import type { Project } from "@/api/types";
import { Columns } from "@/ui/Columns";
import { Copyable } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { FilesPanel } from "./FilesPanel";
import { InfoPanel } from "./InfoPanel";
import { NotesPanel } from "./NotesPanel";
import { TagsPanel } from "./TagsPanel";

/** What a project is. */
export function Overview({ project }: { project: Project }) {
  const place = { path: `/projects/${project._id}` };
  return (
    <Columns
      main={
        <>
          <FilesPanel files={project.files ?? []} />
          <InfoPanel place={place} info={project.info} />
        </>
      }
      side={
        <>
          <Panel title="About">
            <Facts
              facts={[
                ["Group", project.group_info?.label ?? project.group],
                ["Description", project.description],
                [
                  "Patient ID",
                  <Copyable
                    key="routing"
                    text={`fw://${project.group}/${project.label}`}
                    label="routing string"
                  />,
                ],
                ["Members", project.permissions?.length],
                ["Created", dateTime(project.created)],
                [
                  "Project id",
                  <span key="id" className="mono">
                    {project._id}
                  </span>,
                ],
              ]}
            />
          </Panel>
          <TagsPanel place={place} tags={project.tags} />
          <NotesPanel place={place} notes={project.notes} />
        </>
      }
    />
  );
}
