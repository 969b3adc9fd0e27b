/** A classification in one line: `T1, Structural`. */
export const classText = (classification: Record<string, string[]>) =>
  Object.values(classification).flat().join(", ");
