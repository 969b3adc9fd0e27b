import { useParams } from "@tanstack/react-router";
import { useProject } from "@/api/queries";
import { useMay } from "@/api/rights";
import { t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { dateTime } from "@/ui/format";
import { FilesPanel } from "./FilesPanel";
import { HistoryPanel } from "./HistoryPanel";
import { InfoPanel } from "./InfoPanel";
import { idFact, SidePanels } from "./SidePanels";

/** What a project is. */
export function ProjectOverview() {
  const { p } = useParams({ strict: false }) as { p: string };
  const project = useProject(p);
  const may = useMay(project._id);
  const place = { path: `/projects/${project._id}`, may };
  return (
    <Columns
      main={
        <>
          <FilesPanel
            files={project.files ?? []}
            may={may}
            into={{ id: project._id, label: project.label }}
          />
          <InfoPanel place={place} info={project.info} revision={project.revision} />
          <HistoryPanel level="project" id={project._id} />
        </>
      }
      side={
        <SidePanels
          place={place}
          facts={[
            [t("Group"), project.group_info?.label ?? project.group],
            [t("Description"), project.description],
            [t("Members"), project.permissions?.length],
            [t("Created"), dateTime(project.created)],
            idFact(t("Project id"), project._id),
          ]}
          tags={project.tags}
          notes={project.notes}
        />
      }
    />
  );
}
