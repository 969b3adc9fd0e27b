import {
  Enums,
  getShouldUseCPURendering,
  type StackViewport,
  type Types,
  utilities,
  type VolumeViewport,
} from "@cornerstonejs/core";

export type AnyViewport = StackViewport | VolumeViewport;
export const isStack = (viewport: AnyViewport): viewport is StackViewport =>
  viewport.type === Enums.ViewportType.STACK;

/** How images are looked at: which, in which window, from where. */
export interface View {
  index: number;
  properties: Pick<Types.ViewportProperties, "voiRange" | "invert">;
  presentation: Types.ViewPresentation;
  /** Drawn by the processor, where a zoom is measured in other units. */
  byCpu: boolean;
}

export function viewOf(viewport: AnyViewport, index: number): View {
  const { voiRange, invert } = viewport.getProperties() ?? {};
  return {
    index,
    properties: { ...(voiRange ? { voiRange } : {}), ...(invert === undefined ? {} : { invert }) },
    presentation: viewport.getViewPresentation(),
    byCpu: getShouldUseCPURendering(),
  };
}

/** Look at the images as before; a stack is at the right one by now. */
export function resume(viewport: AnyViewport, { index, properties, presentation, byCpu }: View): void {
  if (!isStack(viewport)) void utilities.jumpToSlice(viewport.element, { imageIndex: index });
  viewport.setProperties(properties);
  if (byCpu === getShouldUseCPURendering()) viewport.setViewPresentation(presentation);
}

/** How large images are drawn; 1 where they just fit. */
export function zoomOf(viewport: AnyViewport, pixelMm: number): number {
  const data = getShouldUseCPURendering() ? viewport.getImageData() : undefined;
  if (!data) return viewport.getZoom();
  const { clientWidth, clientHeight } = viewport.element;
  const [columns, rows] = data.dimensions;
  const [across, down] = data.spacing;
  return Math.max((columns * across) / clientWidth, (rows * down) / clientHeight) / pixelMm;
}
