import { getShouldUseCPURendering, utilities } from "@cornerstonejs/core";
import type { Instance } from "@/api/types";
import { startEngine } from "./engine";
import { stackImages } from "./stack";

// One after the other: thumbnails must not hold up the images that are looked at.
let queue: Promise<unknown> = Promise.resolve();

/** Draw the middle image of a series; what cannot be drawn stays black. */
export function drawThumbnail(
  canvas: HTMLCanvasElement,
  instances: Instance[],
  address: (sop: string) => string,
): void {
  const images = stackImages(instances, address);
  const middle = images[Math.floor((images.length - 1) / 2)];
  if (!middle) return;
  const draw = async () => {
    await startEngine();
    if (!canvas.isConnected) return;
    const useCPURendering = getShouldUseCPURendering();
    await utilities.loadImageToCanvas({ canvas, imageId: middle.imageId, thumbnail: true, useCPURendering });
  };
  queue = queue.then(draw, draw).catch(() => undefined);
}
