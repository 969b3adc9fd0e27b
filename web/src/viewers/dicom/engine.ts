import { cache, init as initCore, RenderingEngine } from "@cornerstonejs/core";
import { init as initLoader } from "@cornerstonejs/dicom-image-loader";
import {
  addTool,
  init as initTools,
  PanTool,
  StackScrollTool,
  Enums as ToolEnums,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from "@cornerstonejs/tools";

export type ToolName = "window" | "pan" | "zoom" | "scroll";

const TOOLS = { window: WindowLevelTool, pan: PanTool, zoom: ZoomTool, scroll: StackScrollTool };
const GROUP = "stack";
const ENGINE = "treadle";
const CACHE_BYTES = 1_500_000_000;
const { MouseBindings } = ToolEnums;

let started: Promise<void> | null = null;

/** Start the libraries once for the page's life. */
export function startEngine(): Promise<void> {
  started ??= (async () => {
    initCore();
    initTools();
    initLoader({ maxWebWorkers: Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2))) });
    cache.setMaxCacheSize(CACHE_BYTES);
    for (const tool of Object.values(TOOLS)) addTool(tool);
  })();
  return started;
}

/** A rendering engine with the mouse tools attached; `close` frees what it holds. */
export function openEngine(viewportId: string) {
  const engine = new RenderingEngine(ENGINE);
  const group = ToolGroupManager.createToolGroup(GROUP) ?? ToolGroupManager.getToolGroup(GROUP);
  if (!group) throw new Error("The viewer's tools could not be set up.");
  for (const tool of Object.values(TOOLS)) group.addTool(tool.toolName);
  group.addViewport(viewportId, ENGINE);
  group.setToolActive(StackScrollTool.toolName, { bindings: [{ mouseButton: MouseBindings.Wheel }] });
  const choose = (name: ToolName) => {
    for (const tool of Object.values(TOOLS)) {
      const bindings = [];
      if (tool === TOOLS[name]) bindings.push({ mouseButton: MouseBindings.Primary });
      if (tool === PanTool) bindings.push({ mouseButton: MouseBindings.Auxiliary });
      if (tool === ZoomTool) bindings.push({ mouseButton: MouseBindings.Secondary });
      if (tool === StackScrollTool) bindings.push({ mouseButton: MouseBindings.Wheel });
      group.setToolPassive(tool.toolName, { removeAllBindings: true });
      if (bindings.length > 0) group.setToolActive(tool.toolName, { bindings });
    }
  };
  const close = () => {
    ToolGroupManager.destroyToolGroup(GROUP);
    engine.destroy();
  };
  return { engine, choose, close };
}
