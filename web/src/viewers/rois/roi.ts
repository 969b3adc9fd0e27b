import { t } from "@/i18n/text";
import { decimal } from "@/ui/format";

/** What can be drawn; `key` marks an image as worth finding again and has no points. */
export type DrawnTool =
  | "length"
  | "angle"
  | "bidirectional"
  | "rectangle"
  | "ellipse"
  | "circle"
  | "freehand"
  | "cobb"
  | "arrow"
  | "text"
  | "probe";
export type RoiTool = DrawnTool | "key";
export type Point = [number, number, number];

export interface RoiRef {
  file_id: string;
  version: number;
  /** Null for what is drawn on a plane through the volume, between its images. */
  sop_uid: string | null;
  /** From 1, also where there is but one. */
  frame: number;
  frame_of_reference_uid: string | null;
}

export interface RoiStats {
  length_mm?: number;
  /** The second diameter. */
  width_mm?: number;
  angle_deg?: number;
  area_mm2?: number;
  perimeter_mm?: number;
  mean?: number;
  sd?: number;
  min?: number;
  max?: number;
}

/** A canonical region of interest (`treadle.roi/1`): points in patient millimetres (LPS), no state of a viewer.
 *
 * A rectangle goes around its corners, an ellipse and two diameters name the ends of one axis, then of the other, a circle
 * its centre and a point on it, a Cobb angle the ends of its two lines. */
export interface Roi {
  id: string;
  tool: RoiTool;
  label: string;
  comment: string;
  ref: RoiRef;
  points: Point[];
  closed: boolean;
  normal: Point | null;
  up: Point | null;
  stats: RoiStats;
  /** Who drew it, when that is somebody else: it is shown and cannot be changed. */
  by?: string;
  /** The object of the study that it was read from. */
  source?: string;
  color?: string;
}

export const TOOL_WORDS: Record<RoiTool, string> = {
  length: t("Length"),
  angle: t("Angle"),
  bidirectional: t("Two diameters"),
  rectangle: t("Rectangle"),
  ellipse: t("Ellipse"),
  circle: t("Circle"),
  freehand: t("Freehand"),
  cobb: t("Cobb angle"),
  arrow: t("Arrow"),
  text: t("Text"),
  probe: t("Probe"),
  key: t("Key image"),
};

const round = (value: number) => decimal(value, Math.abs(value) >= 100 ? 0 : 1);
const PARTS: [keyof RoiStats, (value: string) => string][] = [
  ["length_mm", (value) => `${value} mm`],
  ["width_mm", (value) => `${value} mm`],
  ["angle_deg", (value) => `${value}°`],
  ["area_mm2", (value) => `${value} mm²`],
  ["mean", (value) => t("mean {value}", { value })],
];

/** What a region measures, as text. */
export const measure = ({ stats }: Roi): string =>
  PARTS.flatMap(([key, words]) => {
    const value = stats[key];
    return value === undefined ? [] : [words(round(value))];
  }).join(" · ");

/** The file version that a region is drawn on. */
export const fileOf = ({ ref }: Roi) => `${ref.file_id}:${ref.version}`;
