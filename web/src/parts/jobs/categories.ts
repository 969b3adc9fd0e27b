/** What categories of gears are called. */
import type { Gear } from "@/api/gears";
import { t } from "@/i18n/text";

export const CATEGORY_WORDS: Record<Gear["category"], string> = {
  analysis: t("analysis"),
  classifier: t("classifier"),
  converter: t("converter"),
  qa: t("qa"),
  utility: t("utility"),
};
