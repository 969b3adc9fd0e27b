/** The catalogue of actions in the order and words in which people read it. */

import type { Action } from "@/api/types";
import { t } from "@/i18n/text";

const EXPLAINED: Record<string, string> = {
  containers_view_metadata: t("See the project, its subjects, sessions, acquisitions and their metadata"),
  containers_create_hierarchy: t("Add subjects, sessions and acquisitions; receive moved and imported ones"),
  containers_modify_metadata: t("Change labels, metadata, times and descriptions"),
  containers_delete_hierarchy: t("Delete subjects, sessions and acquisitions, or move them away"),
  containers_delete_project: t("Delete the whole project"),
  copy_by_reference: t("Make a copy of the project"),
  analyses_view_metadata: t("See analyses, their inputs and notes; without it they are hidden altogether"),
  analyses_create_sdk: t("Add analyses and outputs without a gear"),
  analyses_create_job: t("Run analysis gears"),
  analyses_modify_metadata: t("Change label, description and metadata of analyses"),
  analyses_delete: t("Delete analyses and their outputs"),
  files_view_metadata: t("See which files there are, their classification and versions"),
  files_view_contents: t("Open images in the viewer, look into archives"),
  files_download: t("Take files away: single, as archive, through SDK or export"),
  files_create_single: t("Upload and replace single files and attachments"),
  files_create_bulk: t("Upload many: cases, imports, command line"),
  files_modify_metadata: t("Change type, modality, classification and metadata of files"),
  files_move: t("Move files; needed where they leave and where they come"),
  files_delete_non_device_data: t("Delete files that people or gears made"),
  files_delete_device_data: t("Delete what scanners sent, and containers that hold it"),
  tags_view: t("See tags"),
  tags_manage: t("Add and remove tags"),
  notes_view: t("See notes"),
  notes_manage: t("Write notes"),
  project_permissions_view: t("See who is in the project"),
  project_permissions_manage: t("Add and remove people, give them roles"),
  project_sharing_manage: t("Change sharing and catalogue settings"),
  gear_rules_view: t("See gear rules"),
  gear_rules_manage: t("Change gear rules"),
  data_views_view: t("Run data views of the project"),
  data_views_manage: t("Save data views for everybody in the project"),
  session_templates_view: t("See which sessions are complete"),
  session_templates_manage: t("Change session templates"),
  jobs_view: t("See jobs and their logs"),
  jobs_manage: t("Run utility gears; cancel and retry one's own jobs"),
  jobs_manage_others: t("Cancel, retry and re-order everybody's jobs"),
  settings_view: t("See project settings"),
  settings_modify: t("Change project settings"),
  annotations_manage: t("Draw and change one's own annotations"),
  annotations_view_others: t("See others' annotations"),
  annotations_edit_others: t("Change others' annotations"),
  annotations_delete_others: t("Delete others' annotations"),
  reader_task_view: t("See reader tasks through the older interface"),
  reader_task_admin: t("Administer reader tasks through the older interface"),
  tasks_view: t("See all reader tasks"),
  tasks_create: t("Create reader tasks"),
  tasks_modify: t("Change and cancel reader tasks"),
  tasks_assign: t("Assign reader tasks"),
  tasks_report_read: t("Read exports of tasks"),
  tasks_report_create: t("Make exports of tasks"),
  tasks_report_delete: t("Delete exports of tasks"),
  form_admin: t("Change the project's forms"),
  form_responses_manage: t("Answer forms"),
  form_responses_view_others: t("See others' answers"),
  form_responses_edit_others: t("Change others' answers"),
  imports_manage: t("Import from registered storages, resolve conflicts"),
  exports_manage: t("Export to registered storages"),
  malware_findings_view: t("See details of malware findings"),
  audit_trail_reports_view: t("See audit reports of the project"),
  audit_trail_reports_manage: t("Make audit reports of the project"),
  jupyterlab_servers_read: t("See workspaces"),
  jupyterlab_servers_launch: t("Start workspaces"),
  jupyterlab_servers_create: t("Create workspaces"),
  jupyterlab_servers_modify: t("Change workspaces"),
  jupyterlab_servers_delete: t("Delete workspaces"),
};

const TITLES: [title: string, groups: string[]][] = [
  [t("Project, subjects, sessions, acquisitions"), ["containers"]],
  [t("Analyses"), ["analyses"]],
  [t("Files"), ["files"]],
  [t("Tags and notes"), ["tags", "notes"]],
  [t("People and sharing"), ["project"]],
  [t("Data views"), ["data"]],
  [t("Session templates"), ["session"]],
  [t("Gears and jobs"), ["gear", "jobs"]],
  [t("Settings"), ["settings"]],
  [t("Annotations"), ["annotations"]],
  [t("Reader tasks and forms"), ["reader", "tasks", "form"]],
  [t("Imports and exports"), ["imports", "exports", "malware"]],
  [t("Audit"), ["audit"]],
  [t("Workspaces"), ["jupyterlab"]],
];

export interface Section {
  title: string;
  actions: Action[];
}

/** What an action lets one do, in a sentence. */
export const explained = (action: Action) => EXPLAINED[action.action] ?? action.label;

/** The actions under their headings; unknown kinds come last. */
export function sectionsOf(actions: Action[]): Section[] {
  const titled = new Set(TITLES.flatMap(([, groups]) => groups));
  return [
    ...TITLES.map(([title, groups]) => ({
      title,
      actions: actions.filter((one) => groups.includes(one.group)),
    })),
    { title: t("Other"), actions: actions.filter((one) => !titled.has(one.group)) },
  ].filter((section) => section.actions.length > 0);
}
