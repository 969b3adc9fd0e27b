import { t } from "@/i18n/text";

/** Why a study waits to be sorted, and what was noticed in its routing string, in words. */
const REASONS: Record<string, string> = {
  ok: t("subject conflict"),
  no_routing_string: t("nothing was typed"),
  no_prefix: t("no fw:// in it"),
  group_missing: t("no group given"),
  group_invalid: t("not a group id"),
  group_not_found: t("no such group"),
  project_missing: t("no project given"),
  project_not_found: t("no such project"),
  project_locked: t("project is locked"),
};

const FLAGS: Record<string, string> = {
  repaired_prefix: t("The prefix was not written fw:// but was understood."),
  leading_text: t("There is text before the prefix; it is ignored."),
  extra_segments: t("There are more parts than four; the rest is ignored."),
  third_segment_as_session: t("The third part looks like a session, so it is not taken for the subject."),
  sanitized: t("Characters that labels cannot have were replaced."),
  subject_conflict: t("A subject of this label has another name or sex."),
  alias: t("An alias was followed."),
};

/** A reason in a few words. */
export const reasonWords = (reason: string | null) =>
  reason ? (REASONS[reason] ?? reason.replaceAll("_", " ")) : t("nothing was typed");

/** Every reason with its words. */
export const REASON_WORDS = Object.entries(REASONS).map(([value, label]) => ({ value, label }));

/** A flag as a sentence. */
export const flagWords = (flag: string) => FLAGS[flag] ?? flag.replaceAll("_", " ");

interface Parts {
  group?: string | null;
  project?: string | null;
  subject?: string | null;
  session?: string | null;
}

/** The parts as one string again: `psych/study01`; parts left out at the end are not shown. */
export function partsText({ group, project, subject, session }: Parts): string {
  const parts = [group, project, subject, session];
  while (parts.length > 0 && !parts.at(-1)) parts.pop();
  return parts.map((part) => part ?? "").join("/");
}

/** What to type at the scanner so that studies come to a project. */
export const routingString = (group: string, project: string) => `fw://${group}/${project}`;
