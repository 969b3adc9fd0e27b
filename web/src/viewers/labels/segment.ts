/** One label of a segmentation: the number in its voxels, and how people know it. */
import { t } from "@/i18n/text";

export interface Segment {
  value: number;
  label: string;
  color: string;
  visible: boolean;
}

/** What is painted on a series, with the words for its numbers. */
export interface Segmentation {
  segments: Segment[];
  /** Null where nothing was painted yet. */
  volume: Blob | null;
}

const COLORS = ["#f0a202", "#4cc9f0", "#f72585", "#80ed99", "#b388eb", "#ff6b35", "#ffe66d", "#3a86ff"];
const MOST = 255;

/** A label of a number that nobody named yet. */
export const segmentOf = (value: number): Segment => ({
  value,
  label: t("Label {number}", { number: value }),
  color: COLORS[(value - 1) % COLORS.length] ?? "#f0a202",
  visible: true,
});

/** The next label, with a number and a colour of its own; null when all numbers are taken. */
export function nextSegment(segments: Segment[]): Segment | null {
  const taken = new Set(segments.map(({ value }) => value));
  let value = 1;
  while (taken.has(value)) value += 1;
  if (value > MOST) return null;
  return segmentOf(value);
}
