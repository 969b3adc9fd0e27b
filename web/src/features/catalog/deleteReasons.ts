import { t } from "@/i18n/text";

/** The reasons the contract knows, in words. */
const REASONS: [reason: string, words: string][] = [
  ["duplicate_data", t("Duplicate data")],
  ["data_is_not_part_of_study", t("Not part of the study")],
  ["data_incomplete_or_corrupt", t("Incomplete or corrupt")],
  ["data_structured_incorrectly", t("Structured wrongly")],
  ["data_has_been_exported_or_moved", t("Exported or moved elsewhere")],
  ["container_is_empty", t("Empty")],
  ["analysis_or_processing_failed_or_cancelled", t("Processing failed or was cancelled")],
  ["compliance_consent_withdrawn", t("Consent withdrawn")],
  ["compliance_phi", t("Contains protected health information")],
  ["compliance_data_policy", t("Data policy")],
  ["test_data", t("Test data")],
  ["packfile_cleanup", t("Clean-up")],
];

export const REASON_CHOICES = REASONS.map(([value, label]) => ({ value, label }));

/** A reason as people say it. */
export const reasonWords = (reason: string): string =>
  REASONS.find(([value]) => value === reason)?.[1] ?? reason;
