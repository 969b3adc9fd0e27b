import type { Roi, RoiStats } from "./roi";

export const SCHEMA = "treadle.roi/1";

const MEASURES: (keyof RoiStats)[] = [
  "length_mm",
  "width_mm",
  "angle_deg",
  "area_mm2",
  "perimeter_mm",
  "mean",
  "sd",
  "min",
  "max",
];

/** Regions in the canonical form. */
export const asJson = (rois: Roi[]) => JSON.stringify({ schema: SCHEMA, rois }, null, 2);

const FORMULA = /^[=+\-@\t\r]/;

/** A cell of CSV; text that a spreadsheet would run as a formula is quoted with an apostrophe. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line for each region. */
export function asCsv(rois: Roi[]): string {
  const head = ["id", "tool", "label", "comment", "file_id", "version", "sop_uid", "frame", ...MEASURES];
  const lines = rois.map(({ id, tool, label, comment, ref, stats }) => [
    ...[id, tool, label, comment, ref.file_id, ref.version, ref.sop_uid, ref.frame],
    ...MEASURES.map((key) => stats[key]),
  ]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\n`).join("");
}
