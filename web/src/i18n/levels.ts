/** What the levels of the hierarchy are called. */
import { figure, plural, t } from "./text";

const WORDS: Record<string, string> = {
  group: t("group"),
  project: t("project"),
  subject: t("subject"),
  session: t("session"),
  acquisition: t("acquisition"),
  analysis: t("analysis"),
  collection: t("collection"),
  file: t("file"),
};

/** A level in words, `session`; another word stays as it is. */
export const levelWord = (level: string): string => WORDS[level] ?? level;

/** So many of a level: `2 sessions`; `count` is how the number is shown. */
export function countOf(number: number, level: string, count: string = figure(number)): string {
  switch (level) {
    case "group":
      return plural(number, "{count} group", "{count} groups", { count });
    case "project":
      return plural(number, "{count} project", "{count} projects", { count });
    case "subject":
      return plural(number, "{count} subject", "{count} subjects", { count });
    case "session":
      return plural(number, "{count} session", "{count} sessions", { count });
    case "acquisition":
      return plural(number, "{count} acquisition", "{count} acquisitions", { count });
    case "analysis":
      return plural(number, "{count} analysis", "{count} analyses", { count });
    case "collection":
      return plural(number, "{count} collection", "{count} collections", { count });
    case "file":
      return plural(number, "{count} file", "{count} files", { count });
    default:
      return plural(number, "{count} object", "{count} objects", { count });
  }
}
