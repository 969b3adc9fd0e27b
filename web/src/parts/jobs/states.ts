/** What the states of a run are called. */
import type { JobState } from "@/api/jobs";
import { t } from "@/i18n/text";

export const STATE_WORDS: Record<JobState, string> = {
  pending: t("waiting"),
  running: t("running"),
  complete: t("complete"),
  failed: t("failed"),
  cancelled: t("cancelled"),
};
