import { eventTarget, metaData } from "@cornerstonejs/core";
import { annotation as annotations, Enums, type Types } from "@cornerstonejs/tools";
import { t } from "@/i18n/text";
import type { DrawnTool, Point, Roi, RoiRef, RoiStats } from "../rois/roi";
import { DRAWING } from "./tools";

type Annotation = Types.Annotation;
type Ref = Omit<RoiRef, "frame_of_reference_uid">;

const TOOL_OF = new Map(
  Object.entries(DRAWING).map(([tool, { toolName }]) => [toolName as string, tool as DrawnTool]),
);
const SETTLE_MS = 300;
const { state } = annotations;
const { ANNOTATION_ADDED, ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED } = Enums.Events;

const drawn = () => state.getAllAnnotations().filter((one) => TOOL_OF.has(one.metadata?.toolName ?? ""));

/** The library's drawings and the canonical regions, each kept in step with the other. */
export class Board {
  readonly #refs = new Map<string, Ref>();
  /** The image or volume that regions of a place are drawn on. */
  readonly #targetOf = new Map<string, string>();
  readonly #unfinished = new Set<string>();
  readonly #onChange: (drawn: Roi[]) => void;
  #known = new Map<string, Roi>();
  #timer = 0;

  constructor(onChange: (drawn: Roi[]) => void) {
    this.#onChange = onChange;
  }

  /** Listen until the answer is called, which also takes the drawings away. */
  open(): () => void {
    const added = (event: Event) => this.#unfinished.add(uidOf(event));
    const completed = (event: Event) => {
      this.#unfinished.delete(uidOf(event));
      changed();
    };
    const changed = () => {
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#read(), SETTLE_MS);
    };
    const heard: [string, (event: Event) => void][] = [
      [ANNOTATION_ADDED, added],
      [ANNOTATION_COMPLETED, completed],
      [ANNOTATION_MODIFIED, changed],
      [ANNOTATION_REMOVED, changed],
    ];
    for (const [name, listener] of heard) eventTarget.addEventListener(name, listener);
    return () => {
      window.clearTimeout(this.#timer);
      for (const [name, listener] of heard) eventTarget.removeEventListener(name, listener);
      for (const one of drawn()) if (one.annotationUID) state.removeAnnotation(one.annotationUID);
    };
  }

  /** Tell now what was drawn last, rather than a little later. */
  settle = (): void => {
    if (this.#timer !== 0) this.#read();
  };

  /** An image or a volume that may be drawn on from now on. */
  name(target: string, ref: Ref): void {
    this.#refs.set(target, ref);
    this.#targetOf.set(key(ref), target);
  }

  /** Whether the image of a region is open, so that the library knows the region. */
  holds = (roi: Roi) => isDrawn(roi.tool) && this.#targetOf.has(key(roi.ref));

  #read(): void {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    const rois = drawn().flatMap((one) => {
      const { referencedImageId, volumeId } = one.metadata ?? {};
      const ref = this.#refs.get(referencedImageId ?? volumeId ?? "");
      if (!one.annotationUID || this.#unfinished.has(one.annotationUID) || !ref) return [];
      return [canonical(one, ref, this.#known.get(one.annotationUID))];
    });
    this.#known = new Map(rois.map((roi) => [roi.id, roi]));
    this.#onChange(rois);
  }

  /** Draw these regions and no others, as far as their images are open. */
  show(rois: Roi[]): void {
    const wanted = new Map(rois.map((roi) => [roi.id, roi]));
    for (const { annotationUID } of drawn()) {
      if (!annotationUID || this.#unfinished.has(annotationUID)) continue;
      const roi = wanted.get(annotationUID);
      const known = this.#known.get(annotationUID);
      if (roi && known && JSON.stringify(roi.points) === JSON.stringify(known.points)) continue;
      state.removeAnnotation(annotationUID);
    }
    for (const roi of rois) {
      const target = this.#targetOf.get(key(roi.ref));
      if (!isDrawn(roi.tool) || !target) continue;
      const there = state.getAnnotation(roi.id);
      if (there) {
        caption(there, roi);
        continue;
      }
      const made = drawing(roi, roi.tool, target);
      state.addAnnotation(made, made.metadata?.FrameOfReferenceUID ?? "");
      if (roi.source) annotations.config.style.setAnnotationStyles(roi.id, styleOf(roi));
      this.#unfinished.delete(roi.id);
    }
    this.#known = wanted;
  }
}

/** The words that the library draws at an arrow or a spot. */
const words = ({ tool, label }: Roi) =>
  tool === "arrow" ? { text: label || t("Arrow") } : tool === "text" ? { label: label || t("Text") } : {};

const caption = (one: Annotation, roi: Roi) => void Object.assign(one.data, words(roi));

/** Key images are marks without a drawing; other clients may keep tools that are not drawn here. */
const isDrawn = (tool: string): tool is DrawnTool => tool in DRAWING;

/** Many outlines of an object: in its colour, without the values of each beside it. */
const styleOf = ({ color }: Roi) => ({
  textBoxVisibility: false,
  ...(color ? { color, colorLocked: color, colorHighlighted: color } : {}),
});

const uidOf = (event: Event): string =>
  (event as CustomEvent<{ annotation?: Annotation }>).detail.annotation?.annotationUID ?? "";
const key = (ref: Ref) => `${ref.file_id}:${ref.version}:${ref.sop_uid}:${ref.frame}`;
const ROUND = new Set<DrawnTool>(["rectangle", "ellipse", "circle"]);
const point = (one: ArrayLike<number>): Point => [one[0] ?? 0, one[1] ?? 0, one[2] ?? 0];

/** The library lists a rectangle's corners row by row: around it and back is the same exchange. */
const around = (tool: DrawnTool, points: Point[]): Point[] => {
  const [a, b, c, d] = points;
  return tool === "rectangle" && a && b && c && d ? [a, b, d, c] : points;
};

interface Contoured {
  contour?: { polyline: Types.Annotation["data"][string]; closed: boolean };
}

function canonical(one: Annotation, ref: Ref, known: Roi | undefined): Roi {
  const tool = TOOL_OF.get(one.metadata?.toolName ?? "") ?? "probe";
  const { contour } = one.data as Contoured;
  const points = (contour?.polyline ?? one.data.handles?.points ?? []) as ArrayLike<number>[];
  const { viewPlaneNormal: normal, viewUp: up, FrameOfReferenceUID } = one.metadata ?? {};
  const [stats] = Object.values((one.data.cachedStats ?? {}) as Record<string, Record<string, unknown>>);
  return {
    ...known,
    id: one.annotationUID ?? "",
    tool,
    label: known?.label ?? "",
    comment: known?.comment ?? "",
    ref: { ...ref, frame_of_reference_uid: FrameOfReferenceUID ?? null },
    // The library names the spot of a text twice.
    points: around(tool, (tool === "text" ? Array.from(points).slice(0, 1) : Array.from(points)).map(point)),
    closed: contour?.closed ?? ROUND.has(tool),
    normal: normal ? point(normal) : null,
    up: up ? point(up) : null,
    stats: stats ? measures(stats) : (known?.stats ?? {}),
  };
}

/** What the library computed, in our names; lengths and areas only where they are millimetres. */
function measures(found: Record<string, unknown>): RoiStats {
  const number = (name: string) => (typeof found[name] === "number" ? (found[name] as number) : undefined);
  const metric = !`${found.unit ?? ""}${found.areaUnit ?? ""}`.startsWith("px");
  const all = {
    length_mm: metric ? number("length") : undefined,
    width_mm: metric ? number("width") : undefined,
    area_mm2: metric ? number("area") : undefined,
    perimeter_mm: metric ? number("perimeter") : undefined,
    angle_deg: number("angle"),
    mean: number("mean") ?? number("value"),
    sd: number("stdDev"),
    min: number("min"),
    max: number("max"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as RoiStats;
}

function drawing(roi: Roi, tool: DrawnTool, target: string): Annotation {
  const points = around(
    tool,
    roi.points.map((one) => [...one] as Point),
  );
  const frame =
    roi.ref.frame_of_reference_uid ?? metaData.get("imagePlaneModule", target)?.frameOfReferenceUID;
  const contour =
    tool === "freehand"
      ? { contour: { polyline: points, closed: roi.closed }, isOpenUShapeContour: false }
      : {};
  return {
    annotationUID: roi.id,
    highlighted: false,
    invalidated: true,
    isLocked: roi.by !== undefined,
    isVisible: true,
    metadata: {
      toolName: DRAWING[tool].toolName,
      ...(roi.ref.sop_uid === null ? { volumeId: target } : { referencedImageId: target }),
      // Absent rather than empty: that is how the library groups images that have none.
      ...(frame ? { FrameOfReferenceUID: frame } : {}),
      ...(roi.normal ? { viewPlaneNormal: roi.normal } : {}),
      ...(roi.up ? { viewUp: roi.up } : {}),
    },
    data: {
      ...words(roi),
      handles: {
        points: tool === "freehand" ? [points[0], points.at(-1)] : points,
        activeHandleIndex: null,
        textBox: {
          hasMoved: false,
          worldPosition: [0, 0, 0],
          worldBoundingBox: {
            topLeft: [0, 0, 0],
            topRight: [0, 0, 0],
            bottomLeft: [0, 0, 0],
            bottomRight: [0, 0, 0],
          },
        },
      },
      cachedStats: {},
      ...contour,
    },
  } as unknown as Annotation;
}
