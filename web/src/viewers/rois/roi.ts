/** Canonical regions of interest (`treadle.roi/1`): points in patient millimetres, no state of a viewer. */
export const ROI_TOOLS = [
  "length",
  "angle",
  "bidirectional",
  "rectangle",
  "ellipse",
  "freehand",
  "arrow",
  "probe",
] as const;
export type RoiTool = (typeof ROI_TOOLS)[number];
export type Point = [number, number, number];

export interface RoiRef {
  file_id: string;
  version: number;
  sop_uid: string;
  frame: number | null;
}

export interface RoiStats {
  length_mm?: number;
  area_mm2?: number;
  perimeter_mm?: number;
  angle_deg?: number;
  mean?: number;
  sd?: number;
  min?: number;
  max?: number;
}

export interface Roi {
  id: string;
  tool: RoiTool;
  label: string;
  comment: string;
  color: string;
  ref: RoiRef;
  /** LPS millimetres. */
  points: Point[];
  closed: boolean;
  normal: Point | null;
  up: Point | null;
  stats: RoiStats;
}

export const TOOL_WORDS: Record<RoiTool, string> = {
  length: "Length",
  angle: "Angle",
  bidirectional: "Two diameters",
  rectangle: "Rectangle",
  ellipse: "Ellipse",
  freehand: "Freehand",
  arrow: "Arrow",
  probe: "Probe",
};

const round = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));

/** What a region measures, as text. */
export function measure({ stats }: Roi): string {
  const parts = [
    stats.length_mm === undefined ? "" : `${round(stats.length_mm)} mm`,
    stats.angle_deg === undefined ? "" : `${round(stats.angle_deg)}°`,
    stats.area_mm2 === undefined ? "" : `${round(stats.area_mm2)} mm²`,
    stats.mean === undefined ? "" : `mean ${round(stats.mean)}`,
  ];
  return parts.filter(Boolean).join(" · ");
}
