import { imageLoader } from "@cornerstonejs/core";

// A browser opens six connections to a server: two stay free for what is looked at now.
const PARALLEL = 4;

let running = 0;
const queues = new Set<Prefetch>();

/** Fill the lanes with what the stacks want next, one of each stack in turn. */
function fill(): void {
  for (const queue of [...queues]) {
    if (running >= PARALLEL) return;
    const load = queue.next();
    if (!load) {
      queues.delete(queue);
      continue;
    }
    // Behind the others now.
    queues.delete(queue);
    queues.add(queue);
    running += 1;
    void load().finally(() => {
      running -= 1;
      fill();
    });
  }
  if (running < PARALLEL && [...queues].some((queue) => queue.waiting)) fill();
}

/** The instance that holds an image: what several frames have in common. */
const instanceOf = (imageId: string) => imageId.split("&frame=")[0] ?? imageId;

/** The number of the waiting image nearest to a place. */
export function nearest(waiting: Iterable<number>, center: number): number | undefined {
  let best: number | undefined;
  for (const index of waiting) {
    if (best === undefined || Math.abs(index - center) < Math.abs(best - center)) best = index;
  }
  return best;
}

/** Loads a stack into the cache, what lies nearest to the shown image first. */
export class Prefetch {
  readonly #images: string[];
  readonly #waiting: Set<number>;
  readonly #onLoaded: (number: number) => void;
  // The first frame fetches the instance for all: its siblings wait instead of fetching it again.
  readonly #instances = new Map<string, Promise<unknown>>();
  #loaded = 0;
  #stopped = false;
  center: number;

  constructor(images: string[], center: number, onLoaded: (number: number) => void) {
    this.#images = images;
    this.#waiting = new Set(images.keys());
    this.#onLoaded = onLoaded;
    this.center = center;
    queues.add(this);
    fill();
  }

  get waiting(): boolean {
    return !this.#stopped && this.#waiting.size > 0;
  }

  stop(): void {
    this.#stopped = true;
    queues.delete(this);
  }

  /** The next load to start. */
  next(): (() => Promise<void>) | null {
    if (this.#stopped) return null;
    const index = nearest(this.#waiting, this.center);
    const imageId = index === undefined ? undefined : this.#images[index];
    if (index === undefined || imageId === undefined) return null;
    this.#waiting.delete(index);
    return () => this.#load(imageId);
  }

  async #load(imageId: string): Promise<void> {
    const instance = instanceOf(imageId);
    await this.#instances.get(instance);
    const loading = imageLoader.loadAndCacheImage(imageId).then(
      () => true,
      () => false,
    );
    if (!this.#instances.has(instance)) this.#instances.set(instance, loading);
    const known = await loading;
    this.#loaded += known ? 1 : 0;
    if (known && !this.#stopped) this.#onLoaded(this.#loaded);
  }
}
