/** Why a project may be locked, as the server knows it. */
import { t, tIn } from "@/i18n/text";

export const LOCK_REASONS = [
  { value: "study_closed", label: t("Study closed"), locked: t("Locked: study closed") },
  { value: "data_review", label: t("Data review"), locked: t("Locked: data review") },
  { value: "regulatory_audit", label: t("Regulatory audit"), locked: t("Locked: regulatory audit") },
  { value: "research_suspended", label: t("Research suspended"), locked: t("Locked: research suspended") },
  { value: "other", label: tIn("reason", "Other"), locked: t("Locked: other") },
];

const known = (value: string) => LOCK_REASONS.find((one) => one.value === value);

export const lockReason = (value: string): string => known(value)?.label ?? value.replaceAll("_", " ");

/** That it is locked, and why, in one sentence. */
export const lockedWords = (value: string): string =>
  known(value)?.locked ?? t("Locked: {reason}", { reason: lockReason(value) });

export const LOCK_MEANS = t(
  "Nothing in a locked project can be added, changed or deleted, by anybody. Seeing and downloading go on, and so does giving people roles.",
);
