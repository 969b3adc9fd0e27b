import type { Misrouted } from "@/api/types";

const REASONS: Record<string, string> = {
  ok: "subject conflict",
  no_prefix: "no routing string",
  no_group: "no group given",
  group_not_found: "no such group",
  project_missing: "no project given",
  project_not_found: "no such project",
  project_locked: "project is locked",
};

/** Why a session waits, in words. */
export const reasonWords = (reason: string | null) =>
  reason ? (REASONS[reason] ?? reason.replaceAll("_", " ")) : "no routing string";

/** The destination that the scanner asked for, as it was typed. */
export function requestedText(asked: Misrouted["requested"]): string {
  const parts = [asked.group, asked.project, asked.subject, asked.session];
  while (parts.length > 0 && !parts.at(-1)) parts.pop();
  return parts.map((part) => part ?? "").join("/");
}
