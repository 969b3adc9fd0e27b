import { imageLoader } from "@cornerstonejs/core";

const PARALLEL = 4;

/** The indices of a stack from the middle outwards: what is likely wanted next comes first. */
export function outwards(from: number, length: number): number[] {
  const order: number[] = [];
  for (let step = 0; order.length < length && step < length; step += 1) {
    if (from + step < length) order.push(from + step);
    if (step > 0 && from - step >= 0) order.push(from - step);
  }
  return order;
}

/** Load a stack into the cache around an index; answers a function that stops it. */
export function prefetch(imageIds: string[], from: number, onLoaded: (number: number) => void): () => void {
  const waiting = outwards(from, imageIds.length);
  let stopped = false;
  let loaded = 0;
  const run = async () => {
    for (;;) {
      const index = waiting.shift();
      const imageId = index === undefined ? undefined : imageIds[index];
      if (stopped || imageId === undefined) return;
      const known = await imageLoader.loadAndCacheImage(imageId).then(
        () => true,
        () => false,
      );
      if (stopped) return;
      if (known) onLoaded(++loaded);
    }
  };
  for (let lane = 0; lane < PARALLEL; lane += 1) void run();
  return () => {
    stopped = true;
  };
}
