import type { ApiKey } from "@/api/types";
import { plural, t } from "@/i18n/text";

/** What a key is cut down to; null: no limit. */
export interface Scope {
  projects: string[] | null;
  actions: string[] | null;
}

export const KINDS = [
  { value: "all", label: t("Everything its owner may") },
  { value: "read", label: t("Read and download only") },
  { value: "upload", label: t("Upload only") },
  { value: "chosen", label: t("Chosen actions") },
] as const;
export type Kind = (typeof KINDS)[number]["value"];

const UPLOAD = ["containers_create_hierarchy", "files_create_single", "files_create_bulk"];
const READ = ["files_view_contents", "files_download"];

const reads = (action: string) =>
  action.endsWith("_view") || action.includes("_view_") || READ.includes(action);

/** The actions of a kind of limit, out of all there are; null: no limit. */
export function actionsOf(kind: Kind, all: string[], chosen: string[]): string[] | null {
  if (kind === "all") return null;
  if (kind === "chosen") return chosen;
  if (kind === "upload") return all.filter((action) => UPLOAD.includes(action));
  return all.filter(reads);
}

/** A key's limits in a few words; empty without any. */
export function scopeWords({ scope }: Pick<ApiKey, "scope">): string {
  if (!scope) return "";
  const { projects, actions } = scope;
  const may = !actions
    ? ""
    : actions.every(reads)
      ? t("reads only")
      : plural(actions.length, "{count} action", "{count} actions");
  return [projects ? plural(projects.length, "{count} project", "{count} projects") : "", may]
    .filter(Boolean)
    .join(", ");
}

/** The end of a day on this user's clock, as the server reads it; null without a day. */
export const endOf = (day: string): string | null => (day ? new Date(`${day}T23:59:59`).toISOString() : null);
