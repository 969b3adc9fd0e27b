import { cache, eventTarget, imageLoader, metaData, utilities } from "@cornerstonejs/core";
import { Enums, segmentation } from "@cornerstonejs/tools";
import { type Grid, packLabels, unpackLabels } from "../labels/labelVolume";
import type { Segment } from "../labels/segment";
import { Strokes } from "../labels/strokes";
import type { Hung } from "./hung";
import type { Pane } from "./pane";
import { loadImages } from "./volume";

const { Labelmap: LABELMAP } = Enums.SegmentationRepresentations;
const { SEGMENTATION_DATA_MODIFIED } = Enums.Events;
const SERIES = "generalSeriesModule";

type Vector = [number, number, number];
const vector = (parts: ArrayLike<number>): Vector => [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
const scaled = (parts: ArrayLike<number>, by: number) => vector(vector(parts).map((part) => part * by));

/** The voxels of a series whose images are loaded. */
function gridOf({ images }: Hung): Grid {
  const plane = (at: number) => metaData.get("imagePlaneModule", images[at]?.imageId ?? "");
  const [first, last] = [plane(0), plane(images.length - 1)];
  const origin = vector(first.imagePositionPatient);
  const end = vector(last.imagePositionPatient);
  return {
    size: [first.columns, first.rows, images.length],
    column: scaled(first.rowCosines, first.columnPixelSpacing),
    row: scaled(first.columnCosines, first.rowPixelSpacing),
    slice: vector(end.map((part, axis) => (part - (origin[axis] ?? 0)) / (images.length - 1))),
    origin,
  };
}

const rgb = (color: string): [number, number, number, number] => [
  ...vector([1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))),
  255,
];

/** Labels painted on the images of a series: one volume of numbers, which the library draws and paints into. */
export class Labelmap {
  readonly #id: string;
  readonly #voxels: Uint8Array<ArrayBuffer>;
  readonly #grid: Grid;
  readonly #strokes: Strokes;
  readonly #onStroke: () => void;
  readonly #imageIds: string[];
  #panes: Pane[] = [];

  private constructor(
    readonly hung: Hung,
    grid: Grid,
    voxels: Uint8Array<ArrayBuffer>,
    onStroke: () => void,
    name: string,
  ) {
    const [columns, rows] = grid.size;
    const length = columns * rows;
    this.#id = `labels:${hung.fileId}:${hung.version}:${name}`;
    this.#grid = grid;
    this.#voxels = voxels;
    this.#strokes = new Strokes(voxels, length);
    this.#onStroke = onStroke;
    this.#imageIds = hung.images.map(({ imageId }, at) => {
      const plane = metaData.get("imagePlaneModule", imageId);
      const id = `${this.#id}:${at}`;
      // The library asks every image for its modality.
      utilities.genericMetadataProvider.add(id, { type: SERIES, metadata: metaData.get(SERIES, imageId) });
      // A part of the one volume: what the library paints is in it at once.
      imageLoader.createAndCacheLocalImage(id, {
        scalarData: voxels.subarray(at * length, (at + 1) * length),
        targetBuffer: { type: "Uint8Array" },
        dimensions: [columns, rows],
        spacing: [plane.columnPixelSpacing, plane.rowPixelSpacing],
        origin: plane.imagePositionPatient,
        direction: plane.imageOrientationPatient,
        frameOfReferenceUID: plane.frameOfReferenceUID,
        referencedImageId: imageId,
      });
      return id;
    });
    const data = { imageIds: this.#imageIds, referencedImageIds: hung.images.map(({ imageId }) => imageId) };
    segmentation.addSegmentations([{ segmentationId: this.#id, representation: { type: LABELMAP, data } }]);
    eventTarget.addEventListener(SEGMENTATION_DATA_MODIFIED, this.#painted);
    window.addEventListener("pointerup", this.#lifted);
  }

  /** Over the images of a series, which are loaded first; with what was kept, if anything was. */
  static async over(hung: Hung, kept: Blob | null, onStroke: () => void, name: string): Promise<Labelmap> {
    await loadImages(hung.images.map(({ imageId }) => imageId));
    const grid = gridOf(hung);
    const [columns, rows, slices] = grid.size;
    const voxels = kept ? await unpackLabels(kept, grid) : new Uint8Array(columns * rows * slices);
    return new Labelmap(hung, grid, voxels, onStroke, name);
  }

  close(): void {
    eventTarget.removeEventListener(SEGMENTATION_DATA_MODIFIED, this.#painted);
    window.removeEventListener("pointerup", this.#lifted);
    for (const pane of this.#panes) segmentation.removeLabelmapRepresentation(pane.id, this.#id, true);
    segmentation.removeSegmentation(this.#id);
    for (const id of this.#imageIds) if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id);
  }

  /** Draw over these pictures of the series, in these colours; what is painted from now on is the chosen one. */
  show(panes: Pane[], segments: Segment[], chosen: number | null): void {
    for (const pane of this.#panes) {
      if (!panes.includes(pane)) segmentation.removeLabelmapRepresentation(pane.id, this.#id, true);
    }
    const { getActiveSegmentation, setActiveSegmentation } = segmentation.activeSegmentation;
    for (const pane of panes) {
      if (this.#panes.includes(pane)) continue;
      const before = getActiveSegmentation(pane.id);
      segmentation.addLabelmapRepresentationToViewport(pane.id, [
        { segmentationId: this.#id, type: LABELMAP },
      ]);
      if (chosen === null && before) setActiveSegmentation(pane.id, before.segmentationId);
    }
    this.#panes = panes;
    for (const { value } of segments) segmentation.segmentIndex.setActiveSegmentIndex(this.#id, value);
    if (chosen !== null) segmentation.segmentIndex.setActiveSegmentIndex(this.#id, chosen);
    for (const pane of panes) {
      for (const { value, color, visible } of segments) {
        segmentation.config.color.setSegmentIndexColor(pane.id, this.#id, value, rgb(color));
        const layer = { segmentationId: this.#id, type: LABELMAP };
        segmentation.config.visibility.setSegmentIndexVisibility(pane.id, layer, value, visible);
      }
    }
  }

  readonly #painted = (event: Event) => {
    if ((event as CustomEvent<{ segmentationId: string }>).detail.segmentationId !== this.#id) return;
    this.#strokes.touch(this.#panes.map((pane) => pane.get().index));
  };

  readonly #lifted = () => {
    // The library's own listeners come first.
    window.setTimeout(() => this.#strokes.commit() && this.#onStroke());
  };

  get mayUndo(): boolean {
    return this.#strokes.mayUndo;
  }
  get mayRedo(): boolean {
    return this.#strokes.mayRedo;
  }

  undo = () => this.#redrawn(this.#strokes.undo());
  redo = () => this.#redrawn(this.#strokes.redo());

  #redrawn(slices: number[]): void {
    if (slices.length === 0) return;
    segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(this.#id, slices);
    this.#panes[0]?.go(slices[0] ?? 0);
    this.#onStroke();
  }

  /** Take a label's voxels away. */
  clear(value: number): void {
    const length = this.#grid.size[0] * this.#grid.size[1];
    const slices = new Set<number>();
    for (let at = this.#voxels.indexOf(value); at >= 0; at = this.#voxels.indexOf(value, at + 1)) {
      this.#voxels[at] = 0;
      slices.add(Math.floor(at / length));
    }
    this.#strokes.touch(slices);
    this.#strokes.commit();
    segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(this.#id, [...slices]);
  }

  /** Cubic millimetres of a number. */
  volume(value: number): number {
    const { column, row, slice } = this.#grid;
    const voxel = Math.hypot(...column) * Math.hypot(...row) * Math.hypot(...slice);
    return this.#strokes.count(value) * voxel;
  }

  packed = () => packLabels(this.#voxels, this.#grid);
}
