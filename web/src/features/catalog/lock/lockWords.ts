/** Why a project may be locked, as the server knows it. */
export const LOCK_REASONS = [
  { value: "study_closed", label: "Study closed" },
  { value: "data_review", label: "Data review" },
  { value: "regulatory_audit", label: "Regulatory audit" },
  { value: "research_suspended", label: "Research suspended" },
  { value: "other", label: "Other" },
];

export const lockReason = (value: string): string =>
  LOCK_REASONS.find((one) => one.value === value)?.label ?? value.replaceAll("_", " ");

export const LOCK_MEANS =
  "Nothing in a locked project can be added, changed or deleted, by anybody. Seeing and downloading go on, and so does giving people roles.";
