import { SCHEMA } from "./export";
import type { DrawnTool, Roi, RoiRef, RoiStats } from "./roi";

const KEY_IMAGE = "Key image";

interface WireRoi extends Omit<Roi, "tool" | "by" | "source" | "ref"> {
  tool: Exclude<DrawnTool, "cobb" | "text">;
  ref: Omit<RoiRef, "sop_uid"> & { sop_uid?: string };
}

/** Two tools have no name of their own there: a Cobb angle is an angle of four points, a text an arrow of one. */
const WIRE_TOOL = { cobb: "angle", text: "arrow" } as const;
const ownTool = ({ tool, points }: WireRoi): DrawnTool =>
  tool === "angle" && points.length === 4 ? "cobb" : tool === "arrow" && points.length === 1 ? "text" : tool;

/** A measurement set's content, as the server keeps it. */
export interface WireSet {
  schema: string;
  rois: WireRoi[];
}

/** What follows from the points is measured by the server; what the pixels say is ours to tell. */
const pixels = ({ mean, sd, min, max }: RoiStats): RoiStats =>
  JSON.parse(JSON.stringify({ mean, sd, min, max })) as RoiStats;

/** Regions as the server keeps them; a key image is a probe of that name at the image's corner. */
export function toWire(rois: Roi[]): WireSet {
  const one = ({ by: _, source: __, tool, label, stats, ref, ...rest }: Roi): WireRoi => {
    const { sop_uid, ...place } = ref;
    const kept = { ...rest, ref: sop_uid === null ? place : { ...place, sop_uid } };
    if (tool === "key") return { ...kept, tool: "probe", label: KEY_IMAGE, stats: {} };
    const wired = tool === "cobb" || tool === "text" ? WIRE_TOOL[tool] : tool;
    return { ...kept, tool: wired, label, stats: pixels(stats) };
  };
  return { schema: SCHEMA, rois: rois.map(one) };
}

/** A mask's voxels are in a file beside the set; it is no region that can be drawn. */
const isRegion = ({ tool }: WireRoi) => (tool as string) !== "mask";

/** What the server keeps, as regions; `by` names the author when that is somebody else. */
export function fromWire({ rois }: WireSet, by: string | undefined): Roi[] {
  return rois.filter(isRegion).map((wired) => {
    const { tool, label, ...rest } = wired;
    const key = tool === "probe" && label === KEY_IMAGE;
    const stats = Object.fromEntries(
      Object.entries(rest.stats ?? {}).filter(([, value]) => typeof value === "number"),
    ) as RoiStats;
    const roi: Roi = {
      ...rest,
      ref: { ...rest.ref, sop_uid: rest.ref.sop_uid ?? null },
      stats,
      tool: key ? "key" : ownTool(wired),
      label: key ? "" : label,
    };
    return by === undefined ? roi : { ...roi, by };
  });
}
