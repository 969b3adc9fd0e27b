import {
  cache,
  detectRenderingCapabilities,
  Enums,
  eventTarget,
  getRenderingCapabilities,
  getShouldUseCPURendering,
  imageLoader,
  init as initCore,
  RenderingEngine,
  setUseCPURendering,
} from "@cornerstonejs/core";
import { init as initLoader } from "@cornerstonejs/dicom-image-loader";
import {
  ArrowAnnotateTool,
  addTool,
  init as initTools,
  LabelTool,
  ReferenceLinesTool,
  ToolGroupManager,
  utilities,
} from "@cornerstonejs/tools";
import { t } from "@/i18n/text";
import { bindTools, IMAGE_TOOLS, PAINTING, PLANE_TOOLS, STACK_TOOLS, type ToolName } from "./tools";

const CACHE_BYTES = 1_500_000_000;

let started: Promise<void> | null = null;

/** Start the libraries once for the page's life. */
export function startEngine(): Promise<void> {
  started ??= (async () => {
    // One for all pictures: each takes a fifth of a second without a graphics card, and would hold volumes of its own.
    const useCPURendering = !getRenderingCapabilities().webgl2;
    initCore({ rendering: { webGlContextCount: 1, useCPURendering }, debug: {} });
    initTools();
    initLoader({ maxWebWorkers: Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2))) });
    cache.setMaxCacheSize(CACHE_BYTES);
    for (const tool of Object.values({ ...STACK_TOOLS, ...PLANE_TOOLS })) addTool(tool);
    addTool(ReferenceLinesTool);
  })();
  return started;
}

/** Look again what the browser offers, after it took a graphics context away. */
export function lookForGpu(): void {
  setUseCPURendering(!detectRenderingCapabilities().webgl2, false);
  // Their textures went with the context; the images they are made of are still there.
  cache.purgeVolumeCache();
}

/** Fetch an image while the pictures are set up; what fails is told when it is shown. */
export async function fetchEarly(imageId: string): Promise<void> {
  await startEngine();
  await imageLoader.loadAndCacheImage(imageId).catch(() => undefined);
}

/** What a viewport shows: a stack of images, or a plane through a volume. */
export type PlaneName = "axial" | "coronal" | "sagittal";

const ORIENTATION = {
  axial: Enums.OrientationAxis.AXIAL,
  coronal: Enums.OrientationAxis.CORONAL,
  sagittal: Enums.OrientationAxis.SAGITTAL,
} as const;

const { WEBGL_CONTEXT_LOST, WEBGL_CONTEXT_RESTORED } = Enums.Events;

/** Viewports with the mouse tools attached; `close` frees what they hold. */
export class Engine {
  readonly #engine = new RenderingEngine();
  readonly #unheard: () => void;
  /** Without one the processor draws: images only, no planes and no layers of labels. */
  readonly gpu = !getShouldUseCPURendering();
  readonly #stackTools = this.gpu ? STACK_TOOLS : IMAGE_TOOLS;
  readonly #stacks = toolGroup("stacks", Object.values(this.#stackTools));
  readonly #planes = toolGroup("planes", Object.values(PLANE_TOOLS));
  readonly #sizes = new ResizeObserver(() => this.#engine.resize(true, true));
  #tool: ToolName = "window";
  #closed = false;

  constructor(onLost: () => void, onRestored: () => void) {
    this.#unheard = this.#hear(onLost, onRestored);
    this.#stacks.addTool(ReferenceLinesTool.toolName, { showFullDimension: true });
    // The words at an arrow or a spot are its label in the list; the library would open the browser's own prompt.
    for (const group of [this.#stacks, this.#planes]) {
      for (const { toolName, words } of [
        { toolName: ArrowAnnotateTool.toolName, words: t("Arrow") },
        { toolName: LabelTool.toolName, words: t("Text") },
      ]) {
        group.setToolConfiguration(toolName, {
          getTextCallback: (done: (text: string) => void) => done(words),
          changeTextCallback: (
            data: { text?: string; label?: string },
            _: unknown,
            done: (text?: string) => void,
          ) => done(data.text ?? data.label),
        });
      }
    }
    const erasing = { activeStrategy: "ERASE_INSIDE_CIRCLE" };
    if (this.gpu) this.#stacks.setToolConfiguration(PAINTING.erase.toolName, erasing);
  }

  /** Hear of this engine's graphics context until the answer is called. */
  #hear(onLost: () => void, onRestored: () => void): () => void {
    const mine = (act: () => void) => (event: Event) =>
      (event as CustomEvent<{ renderingEngineId: string }>).detail.renderingEngineId === this.#engine.id &&
      act();
    const [lost, restored] = [mine(onLost), mine(onRestored)];
    eventTarget.addEventListener(WEBGL_CONTEXT_LOST, lost);
    eventTarget.addEventListener(WEBGL_CONTEXT_RESTORED, restored);
    return () => {
      eventTarget.removeEventListener(WEBGL_CONTEXT_LOST, lost);
      eventTarget.removeEventListener(WEBGL_CONTEXT_RESTORED, restored);
    };
  }

  /** How far the brush and the eraser reach, in millimetres. */
  brush(radius: number): void {
    if (!this.gpu) return;
    utilities.segmentation.setBrushSizeForToolGroup(this.#stacks.id, radius);
  }

  /** A viewport in an element; answers it and how to close it. */
  open(viewportId: string, element: HTMLDivElement, plane: PlaneName | null) {
    const type = plane ? Enums.ViewportType.ORTHOGRAPHIC : Enums.ViewportType.STACK;
    const defaultOptions = plane ? { orientation: ORIENTATION[plane] } : {};
    this.#engine.enableElement({ viewportId, element, type, defaultOptions });
    const group = plane ? this.#planes : this.#stacks;
    group.addViewport(viewportId, this.#engine.id);
    this.#sizes.observe(element);
    this.choose(this.#tool);
    const close = () => {
      // The engine may go first, with its groups.
      if (this.#closed) return;
      this.#sizes.unobserve(element);
      group.removeViewports(this.#engine.id, viewportId);
      this.#engine.disableElement(viewportId);
    };
    return { viewport: this.#engine.getViewport(viewportId), close };
  }

  /** What the left mouse button does from now on. */
  choose(tool: ToolName): void {
    this.#tool = tool;
    bindTools(this.#stacks, this.#stackTools, tool);
    if (this.#planes.getViewportsInfo().length > 0) bindTools(this.#planes, PLANE_TOOLS, tool);
  }

  /** Draw where the plane of one viewport cuts the images of the others; null draws none. */
  referTo(viewportId: string | null): void {
    const name = ReferenceLinesTool.toolName;
    if (viewportId === null) {
      this.#stacks.setToolDisabled(name);
    } else {
      this.#stacks.setToolConfiguration(name, { sourceViewportId: viewportId });
      this.#stacks.setToolEnabled(name);
    }
    this.#engine.renderViewports(this.#stacks.getViewportIds());
  }

  /** Whether its viewports are gone. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#unheard();
    this.#sizes.disconnect();
    // The crosshairs would go on listening for the viewports of later engines.
    this.#planes.setToolDisabled(PLANE_TOOLS.cross.toolName);
    ToolGroupManager.destroyToolGroup(this.#stacks.id);
    ToolGroupManager.destroyToolGroup(this.#planes.id);
    this.#engine.destroy();
  }
}

function toolGroup(id: string, tools: { toolName: string }[]) {
  const group = ToolGroupManager.createToolGroup(id) ?? ToolGroupManager.getToolGroup(id);
  if (!group) throw new Error(t("The viewer's tools could not be set up."));
  for (const tool of tools) group.addTool(tool.toolName);
  return group;
}
