import {
  Enums,
  metaData,
  type StackViewport,
  type Types,
  utilities,
  type VolumeViewport,
} from "@cornerstonejs/core";
import { t } from "@/i18n/text";
import type { Engine, PlaneName } from "./engine";
import { type Hung, middle } from "./hung";
import { Prefetch } from "./prefetch";
import type { Preset } from "./presets";
import { type Edges, edgeLetters } from "./stack";
import { type AnyViewport, isStack, resume, type View, viewOf, zoomOf } from "./view";
import { loadVolume } from "./volume";

export interface PaneState {
  ready: boolean;
  index: number;
  total: number;
  loaded: number;
  window: { center: number; width: number } | null;
  zoom: number;
  invert: boolean;
  edges: Edges | null;
  /** Millimetres that a pixel of the screen is long; null where the image has no spacing. */
  pixelMm: number | null;
  error: string | null;
}

const FRESH: PaneState = {
  ready: false,
  index: 0,
  total: 0,
  loaded: 0,
  window: null,
  zoom: 1,
  invert: false,
  edges: null,
  pixelMm: null,
  error: null,
};

const { STACK_NEW_IMAGE, VOLUME_NEW_IMAGE, VOI_MODIFIED, CAMERA_MODIFIED } = Enums.Events;
const EVENTS = [STACK_NEW_IMAGE, VOLUME_NEW_IMAGE, VOI_MODIFIED, CAMERA_MODIFIED];
const RULER = 100;
const TELL_MS = 200;

const asText = (problem: unknown): string => {
  const inner = (problem as { error?: unknown } | null)?.error ?? problem;
  return inner instanceof Error ? inner.message : t("The image could not be read.");
};

/** One picture of the screen: which series it shows, what of it, and what can be done with it. */
export class Pane {
  readonly #listeners = new Set<() => void>();
  #state = FRESH;
  #engine: Engine | null = null;
  #viewport: AnyViewport | null = null;
  /** What the viewport was told to show. */
  #asked: Hung | null = null;
  /** How a series was looked at when the viewport was taken away. */
  #left: { hung: Hung; view: View } | null = null;
  #prefetch: Prefetch | null = null;
  #loaded = 0;
  #telling = 0;
  hung: Hung | null = null;

  constructor(
    readonly id: string,
    readonly plane: PlaneName | null = null,
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly get = () => this.#state;

  #merge(part: Partial<PaneState>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener();
  }

  /** How much is there: told a few times a second, for the page is drawn anew each time. */
  #count(loaded: number): void {
    this.#loaded = loaded;
    this.#telling ||= window.setTimeout(() => {
      this.#telling = 0;
      this.#merge({ loaded: this.#loaded });
    }, TELL_MS);
  }

  /** Draw into this element until the answer is called. */
  attach(engine: Engine, element: HTMLDivElement): () => void {
    const { viewport, close } = engine.open(this.id, element, this.plane);
    const read = () => this.#read();
    this.#engine = engine;
    this.#viewport = viewport as AnyViewport;
    for (const event of EVENTS) element.addEventListener(event, read);
    if (this.hung) void this.show(this.hung);
    return () => {
      for (const event of EVENTS) element.removeEventListener(event, read);
      const { hung } = this;
      // The engine goes first where all is left.
      const view =
        this.#state.ready && !engine.closed ? viewOf(viewport as AnyViewport, this.#state.index) : null;
      this.#left = hung && view ? { hung, view } : null;
      this.#viewport = null;
      this.#engine = null;
      this.#asked = null;
      void this.show(hung);
      close();
    };
  }

  /** Show another series, from its middle; one that was shown before the viewport was taken away, as it was then. */
  async show(hung: Hung | null): Promise<void> {
    this.hung = hung;
    if (this.#viewport && this.#asked === hung) return;
    this.#prefetch?.stop();
    window.clearTimeout(this.#telling);
    this.#telling = 0;
    this.#state = FRESH;
    this.#merge({ total: hung?.images.length ?? 0 });
    const viewport = this.#viewport;
    if (!viewport) return;
    this.#asked = hung;
    const view = this.#left?.hung === hung ? this.#left.view : null;
    this.#left = null;
    if (!hung || hung.images.length === 0) return;
    const current = () => this.hung === hung && this.#viewport === viewport;
    try {
      await (isStack(viewport)
        ? this.#showStack(viewport, hung, view?.index ?? middle(hung))
        : this.#showPlane(viewport, hung));
      if (!current()) return;
      if (view) resume(viewport, view);
      viewport.render();
      this.#merge({ ready: true });
      this.#read();
    } catch (problem) {
      if (current()) this.#merge({ error: asText(problem) });
    }
  }

  async #showStack(viewport: StackViewport, hung: Hung, start: number): Promise<void> {
    const imageIds = hung.images.map((image) => image.imageId);
    await viewport.setStack(imageIds, start);
    if (this.hung !== hung || this.#viewport !== viewport) return;
    viewport.resetCamera();
    this.#prefetch = new Prefetch(hung, start, (loaded) => this.#count(loaded));
  }

  async #showPlane(viewport: VolumeViewport, hung: Hung): Promise<void> {
    const volumeId = await loadVolume(hung, (loaded) => this.hung === hung && this.#count(loaded));
    if (this.hung !== hung || this.#viewport !== viewport) return;
    await viewport.setVolumes([{ volumeId }]);
  }

  /** What the viewport shows now, as state. */
  #read(): void {
    const viewport = this.#viewport;
    if (!viewport || !this.#state.ready) return;
    const { voiRange, invert } = viewport.getProperties() ?? {};
    const origin = viewport.canvasToWorld([0, 0]);
    const right = difference(viewport.canvasToWorld([RULER, 0]), origin);
    const down = difference(viewport.canvasToWorld([0, RULER]), origin);
    const pixelMm = Math.hypot(...right) / RULER;
    const known = isStack(viewport) ? geometry(viewport) : { directions: true, spacing: true };
    const slices = isStack(viewport) ? null : utilities.getImageSliceDataForVolumeViewport(viewport);
    const index = isStack(viewport) ? viewport.getCurrentImageIdIndex() : (slices?.imageIndex ?? 0);
    if (this.#prefetch) this.#prefetch.center = index;
    this.#merge({
      index,
      total: slices?.numberOfSlices ?? this.#state.total,
      window: voiRange
        ? { center: (voiRange.upper + voiRange.lower) / 2, width: voiRange.upper - voiRange.lower }
        : null,
      zoom: zoomOf(viewport, pixelMm),
      invert: invert ?? false,
      edges: known.directions ? edgeLetters(unit(right), unit(down)) : null,
      pixelMm: known.spacing ? pixelMm : null,
    });
  }

  #act(change: (viewport: AnyViewport) => void): void {
    if (!this.#viewport || !this.#state.ready) return;
    change(this.#viewport);
    this.#viewport.render();
    this.#read();
  }

  /** Go to an image; beyond the ends is the end. */
  go(index: number): void {
    const wanted = Math.min(Math.max(index, 0), this.#state.total - 1);
    if (wanted === this.#state.index) return;
    this.#act((viewport) => {
      if (isStack(viewport)) void viewport.setImageIdIndex(wanted);
      else void utilities.jumpToSlice(viewport.element, { imageIndex: wanted });
    });
  }

  /** Show the slice that goes through a point of the patient; stacks have images instead. */
  lookAt = (point: Types.Point3) =>
    this.#act((viewport) => void (isStack(viewport) || viewport.jumpToWorld(point)));

  step = (by: number) => this.go(this.#state.index + by);
  /** The next image, after the last the first. */
  next = () => this.go((this.#state.index + 1) % this.#state.total);
  zoom = (factor: number) => this.#act((viewport) => viewport.setZoom(viewport.getZoom() * factor));
  invert = () =>
    this.#act((viewport) => viewport.setProperties({ invert: !viewport.getProperties()?.invert }));
  window = ({ center, width }: Preset) =>
    this.#act((viewport) =>
      viewport.setProperties({ voiRange: { lower: center - width / 2, upper: center + width / 2 } }),
    );
  rotate = () => this.#present(({ rotation = 0 }) => ({ rotation: (rotation + 90) % 360 }));
  flip = (direction: "flipHorizontal" | "flipVertical") =>
    this.#present((now) => ({ [direction]: !now[direction] }));
  reset = () =>
    this.#act((viewport) => {
      viewport.setViewPresentation({ rotation: 0, flipHorizontal: false, flipVertical: false });
      viewport.resetProperties();
      viewport.resetCamera();
    });

  #present(change: (now: Types.ViewPresentation) => Types.ViewPresentation): void {
    this.#act((viewport) =>
      viewport.setViewPresentation(
        change(viewport.getViewPresentation({ rotation: true, flipHorizontal: true, flipVertical: true })),
      ),
    );
  }

  /** Draw where this pane's plane cuts the others'. */
  refer(): void {
    if (this.#state.ready) this.#engine?.referTo(this.id);
  }

  redraw(): void {
    this.#viewport?.render();
  }
}

function difference(a: Types.Point3, b: Types.Point3): [number, number, number] {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function unit(vector: [number, number, number]): number[] {
  const size = Math.hypot(...vector) || 1;
  return vector.map((part) => part / size);
}

/** Whether an image says how it lies and how large its pixels are. */
function geometry(viewport: StackViewport): { directions: boolean; spacing: boolean } {
  const plane = metaData.get("imagePlaneModule", viewport.getCurrentImageId());
  return {
    directions: Boolean(plane?.rowCosines && plane.columnCosines && !plane.isDefaultValueSetForRowCosine),
    spacing: Boolean(plane?.columnPixelSpacing && !plane.usingDefaultValues),
  };
}
