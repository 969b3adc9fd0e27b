import { SCHEMA } from "./export";
import type { DrawnTool, Roi, RoiStats } from "./roi";

const KEY_IMAGE = "Key image";

interface WireRoi extends Omit<Roi, "tool" | "by"> {
  tool: DrawnTool;
}

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
  const one = ({ by: _, tool, label, stats, ...rest }: Roi): WireRoi =>
    tool === "key"
      ? { ...rest, tool: "probe", label: KEY_IMAGE, stats: {} }
      : { ...rest, tool, label, stats: pixels(stats) };
  return { schema: SCHEMA, rois: rois.map(one) };
}

/** What the server keeps, as regions; `by` names the author when that is somebody else. */
export function fromWire({ rois }: WireSet, by: string | undefined): Roi[] {
  return rois.map(({ tool, label, ...rest }) => {
    const key = tool === "probe" && label === KEY_IMAGE;
    const stats = Object.fromEntries(
      Object.entries(rest.stats ?? {}).filter(([, value]) => typeof value === "number"),
    ) as RoiStats;
    const roi: Roi = { ...rest, stats, tool: key ? "key" : tool, label: key ? "" : label };
    return by === undefined ? roi : { ...roi, by };
  });
}
