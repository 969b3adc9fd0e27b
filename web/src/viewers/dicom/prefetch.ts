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

/** The instance that holds an image: what several frames have in common. */
const instanceOf = (imageId: string) => imageId.split("&frame=")[0] ?? imageId;

/** Load a stack into the cache around an index; answers a function that stops it. */
export function prefetch(imageIds: string[], from: number, onLoaded: (number: number) => void): () => void {
  const waiting = outwards(from, imageIds.length);
  // The first frame fetches the instance for all: its siblings wait instead of fetching it again.
  const instances = new Map<string, Promise<unknown>>();
  let stopped = false;
  let loaded = 0;
  const load = (imageId: string): Promise<boolean> =>
    imageLoader.loadAndCacheImage(imageId).then(
      () => true,
      () => false,
    );
  const run = async () => {
    for (;;) {
      const index = waiting.shift();
      const imageId = index === undefined ? undefined : imageIds[index];
      if (stopped || imageId === undefined) return;
      const instance = instanceOf(imageId);
      await instances.get(instance);
      const loading = load(imageId);
      if (!instances.has(instance)) instances.set(instance, loading);
      const known = await loading;
      if (stopped) return;
      if (known) onLoaded(++loaded);
    }
  };
  for (let lane = 0; lane < PARALLEL; lane += 1) void run();
  return () => {
    stopped = true;
  };
}
