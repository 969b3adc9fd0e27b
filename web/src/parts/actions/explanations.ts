/** The catalogue of actions in the order and words in which people read it. */
import type { Action } from "@/api/types";

const EXPLAINED: Record<string, string> = {
  containers_view_metadata: "See the project, its subjects, sessions, acquisitions and their metadata",
  containers_create_hierarchy: "Add subjects, sessions and acquisitions; receive moved and imported ones",
  containers_modify_metadata: "Change labels, metadata, times and descriptions",
  containers_delete_hierarchy: "Delete subjects, sessions and acquisitions, or move them away",
  containers_delete_project: "Delete the whole project",
  copy_by_reference: "Make a copy of the project",
  analyses_view_metadata: "See analyses, their inputs and notes; without it they are hidden altogether",
  analyses_create_sdk: "Add analyses and outputs without a gear",
  analyses_create_job: "Run analysis gears",
  analyses_modify_metadata: "Change label, description and metadata of analyses",
  analyses_delete: "Delete analyses and their outputs",
  files_view_metadata: "See which files there are, their classification and versions",
  files_view_contents: "Open images in the viewer, look into archives",
  files_download: "Take files away: single, as archive, through SDK or export",
  files_create_single: "Upload and replace single files and attachments",
  files_create_bulk: "Upload many: cases, imports, command line",
  files_modify_metadata: "Change type, modality, classification and metadata of files",
  files_move: "Move files; needed where they leave and where they come",
  files_delete_non_device_data: "Delete files that people or gears made",
  files_delete_device_data: "Delete what scanners sent, and containers that hold it",
  tags_view: "See tags",
  tags_manage: "Add and remove tags",
  notes_view: "See notes",
  notes_manage: "Write notes",
  project_permissions_view: "See who is in the project",
  project_permissions_manage: "Add and remove people, give them roles",
  project_sharing_manage: "Change sharing and catalogue settings",
  gear_rules_view: "See gear rules",
  gear_rules_manage: "Change gear rules",
  data_views_view: "Run data views of the project",
  data_views_manage: "Save data views for everybody in the project",
  session_templates_view: "See which sessions are complete",
  session_templates_manage: "Change session templates",
  jobs_view: "See jobs and their logs",
  jobs_manage: "Run utility gears; cancel and retry one's own jobs",
  jobs_manage_others: "Cancel, retry and re-order everybody's jobs",
  settings_view: "See project settings",
  settings_modify: "Change project settings",
  annotations_manage: "Draw and change one's own annotations",
  annotations_view_others: "See others' annotations",
  annotations_edit_others: "Change others' annotations",
  annotations_delete_others: "Delete others' annotations",
  reader_task_view: "See reader tasks through the older interface",
  reader_task_admin: "Administer reader tasks through the older interface",
  tasks_view: "See all reader tasks",
  tasks_create: "Create reader tasks",
  tasks_modify: "Change and cancel reader tasks",
  tasks_assign: "Assign reader tasks",
  tasks_report_read: "Read exports of tasks",
  tasks_report_create: "Make exports of tasks",
  tasks_report_delete: "Delete exports of tasks",
  form_admin: "Change the project's forms",
  form_responses_manage: "Answer forms",
  form_responses_view_others: "See others' answers",
  form_responses_edit_others: "Change others' answers",
  imports_manage: "Import from registered storages, resolve conflicts",
  exports_manage: "Export to registered storages",
  malware_findings_view: "See details of malware findings",
  audit_trail_reports_view: "See audit reports of the project",
  audit_trail_reports_manage: "Make audit reports of the project",
  jupyterlab_servers_read: "See workspaces",
  jupyterlab_servers_launch: "Start workspaces",
  jupyterlab_servers_create: "Create workspaces",
  jupyterlab_servers_modify: "Change workspaces",
  jupyterlab_servers_delete: "Delete workspaces",
};

const TITLES: [title: string, groups: string[]][] = [
  ["Project, subjects, sessions, acquisitions", ["containers"]],
  ["Analyses", ["analyses"]],
  ["Files", ["files"]],
  ["Tags and notes", ["tags", "notes"]],
  ["People and sharing", ["project"]],
  ["Data views", ["data"]],
  ["Session templates", ["session"]],
  ["Gears and jobs", ["gear", "jobs"]],
  ["Settings", ["settings"]],
  ["Annotations", ["annotations"]],
  ["Reader tasks and forms", ["reader", "tasks", "form"]],
  ["Imports and exports", ["imports", "exports", "malware"]],
  ["Audit", ["audit"]],
  ["Workspaces", ["jupyterlab"]],
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
    { title: "Other", actions: actions.filter((one) => !titled.has(one.group)) },
  ].filter((section) => section.actions.length > 0);
}
