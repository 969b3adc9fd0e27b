import { t } from "@/i18n/text";

export type Deletable =
  | "project"
  | "subject"
  | "session"
  | "acquisition"
  | "analysis"
  | "collection"
  | "file";

/** What is asked before something is deleted: whole sentences for each level, since grammar differs by language. */
export const ASKS: Record<Deletable, { title: string; action: string; confirm?: string }> = {
  project: {
    title: t("Delete this project?"),
    action: t("Delete project"),
    confirm: t("Type the project’s label to confirm"),
  },
  subject: {
    title: t("Delete this subject?"),
    action: t("Delete subject"),
    confirm: t("Type the subject’s label to confirm"),
  },
  session: {
    title: t("Delete this session?"),
    action: t("Delete session"),
    confirm: t("Type the session’s label to confirm"),
  },
  acquisition: { title: t("Delete this acquisition?"), action: t("Delete acquisition") },
  analysis: { title: t("Delete this analysis?"), action: t("Delete analysis") },
  collection: { title: t("Delete this collection?"), action: t("Delete collection") },
  file: { title: t("Delete this file?"), action: t("Delete file") },
};
