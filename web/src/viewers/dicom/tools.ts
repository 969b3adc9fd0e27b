import {
  AngleTool,
  ArrowAnnotateTool,
  BidirectionalTool,
  BrushTool,
  CircleROITool,
  CobbAngleTool,
  CrosshairsTool,
  EllipticalROITool,
  LabelTool,
  LengthTool,
  MagnifyTool,
  PanTool,
  PlanarFreehandROITool,
  ProbeTool,
  RectangleROITool,
  StackScrollTool,
  Enums as ToolEnums,
  type ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from "@cornerstonejs/tools";
import type { DrawnTool } from "../rois/roi";

const MOVING = { window: WindowLevelTool, pan: PanTool, zoom: ZoomTool, scroll: StackScrollTool };

/** The libraries' tools for what is drawn. */
export const DRAWING = {
  length: LengthTool,
  angle: AngleTool,
  bidirectional: BidirectionalTool,
  rectangle: RectangleROITool,
  ellipse: EllipticalROITool,
  circle: CircleROITool,
  freehand: PlanarFreehandROITool,
  cobb: CobbAngleTool,
  arrow: ArrowAnnotateTool,
  text: LabelTool,
  probe: ProbeTool,
} satisfies Record<DrawnTool, unknown>;

class PaintTool extends BrushTool {
  static override toolName = "Paint";
}
class EraseTool extends BrushTool {
  static override toolName = "Erase";
}
/** The libraries' tools that change labels. */
export const PAINTING = { paint: PaintTool, erase: EraseTool };

/** What works also where the processor draws. */
export const IMAGE_TOOLS = { ...MOVING, magnify: MagnifyTool, ...DRAWING };
export const STACK_TOOLS = { ...IMAGE_TOOLS, ...PAINTING };
export const PLANE_TOOLS = { ...MOVING, cross: CrosshairsTool, ...DRAWING };
export type ToolName = keyof typeof STACK_TOOLS | keyof typeof PLANE_TOOLS;

export const isDrawing = (tool: ToolName): tool is DrawnTool => tool in DRAWING;
export const isPainting = (tool: ToolName): tool is keyof typeof PAINTING => tool in PAINTING;

type Tools = Record<string, { toolName: string }>;
type Group = NonNullable<ReturnType<typeof ToolGroupManager.getToolGroup>>;
const { MouseBindings } = ToolEnums;

/** Bind the chosen tool to the left button; the other buttons and the wheel always move. */
export function bindTools(group: Group, tools: Tools, chosen: ToolName): void {
  const primary = tools[chosen] ?? WindowLevelTool;
  for (const tool of Object.values(tools)) {
    const bindings = [];
    if (tool === primary) bindings.push({ mouseButton: MouseBindings.Primary });
    if (tool === PanTool) bindings.push({ mouseButton: MouseBindings.Auxiliary });
    if (tool === ZoomTool) bindings.push({ mouseButton: MouseBindings.Secondary });
    if (tool === StackScrollTool) bindings.push({ mouseButton: MouseBindings.Wheel });
    // What is drawn stays on the image and can be changed while other tools are used; crosshairs would be in the way.
    if (tool === CrosshairsTool) group.setToolEnabled(tool.toolName);
    else group.setToolPassive(tool.toolName, { removeAllBindings: true });
    if (bindings.length > 0) group.setToolActive(tool.toolName, { bindings });
  }
}
