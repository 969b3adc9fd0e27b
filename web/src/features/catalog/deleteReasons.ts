/** The reasons the contract knows, in words. */
const REASONS: [reason: string, words: string][] = [
  ["duplicate_data", "Duplicate data"],
  ["data_is_not_part_of_study", "Not part of the study"],
  ["data_incomplete_or_corrupt", "Incomplete or corrupt"],
  ["data_structured_incorrectly", "Structured wrongly"],
  ["data_has_been_exported_or_moved", "Exported or moved elsewhere"],
  ["container_is_empty", "Empty"],
  ["analysis_or_processing_failed_or_cancelled", "Processing failed or was cancelled"],
  ["compliance_consent_withdrawn", "Consent withdrawn"],
  ["compliance_phi", "Contains protected health information"],
  ["compliance_data_policy", "Data policy"],
  ["test_data", "Test data"],
  ["packfile_cleanup", "Clean-up"],
];

export const REASON_CHOICES = REASONS.map(([value, label]) => ({ value, label }));

/** A reason as people say it. */
export const reasonWords = (reason: string): string =>
  REASONS.find(([value]) => value === reason)?.[1] ?? reason;
