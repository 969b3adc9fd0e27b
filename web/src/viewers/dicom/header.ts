import { metaData } from "@cornerstonejs/core";
import { t } from "@/i18n/text";

const SHOWN = [
  "PatientName",
  "PatientID",
  "PatientBirthDate",
  "StudyDate",
  "StudyDescription",
  "SeriesDescription",
];

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).filter(Boolean).join(", ");
  if (typeof value === "object" && value !== null) return words(Object.values(value)[0]);
  return typeof value === "string" || typeof value === "number"
    ? String(value).replaceAll("^", " ").trim()
    : "";
}

/** Who and what the header of a loaded image names. */
export function headerLines(imageId: string): string[] {
  const instance = (metaData.get("instance", imageId) ?? {}) as Record<string, unknown>;
  const lines = SHOWN.map((keyword) => words(instance[keyword])).filter(Boolean);
  return lines.length > 0 ? lines : [t("The header names nobody")];
}
