import { imageLoader } from "@cornerstonejs/core";
import { blocksOf, fetchBundle } from "./blocks";
import type { Hung } from "./hung";
import type { StackImage } from "./stack";

// A browser opens six connections to a server: most stay free for what is looked at now.
const LANES = 2;
const DECODING = 4;

let running = 0;
const queues = new Set<Prefetch>();

/** Fill the lanes with what the stacks want next, one of each stack in turn. */
function fill(): void {
  for (const queue of [...queues]) {
    if (running >= LANES) return;
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
  if (running < LANES && [...queues].some((queue) => queue.waiting)) fill();
}

/** How far a place is from a block of places. */
const distance = (block: number[], center: number) =>
  Math.max((block[0] ?? 0) - center, center - (block.at(-1) ?? 0), 0);

/** The waiting block nearest to a place. */
export function nearest(waiting: Iterable<number[]>, center: number): number[] | undefined {
  let best: number[] | undefined;
  for (const block of waiting) {
    if (best === undefined || distance(block, center) < distance(best, center)) best = block;
  }
  return best;
}

/** Loads a stack into the cache, what lies nearest to the shown image first. */
export class Prefetch {
  readonly #hung: Hung;
  readonly #waiting: Set<number[]>;
  readonly #onLoaded: (number: number) => void;
  #loaded = 0;
  #stopped = false;
  center: number;

  constructor(hung: Hung, center: number, onLoaded: (number: number) => void) {
    this.#hung = hung;
    this.#waiting = new Set(blocksOf(hung.images));
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
    const block = nearest(this.#waiting, this.center);
    if (block === undefined) return null;
    this.#waiting.delete(block);
    return () => this.#load(block);
  }

  async #load(block: number[]): Promise<void> {
    const images = block.flatMap((at) => this.#hung.images[at] ?? []);
    await fetchBundle(this.#hung, images).catch(() => undefined);
    if ((block[0] ?? 0) < this.center) images.reverse();
    // The first frame of several fetches the instance for all: its siblings wait instead of fetching it again.
    if (images[0]?.frame !== null) await this.#decode(images.splice(0, 1));
    await Promise.all(Array.from({ length: DECODING }, () => this.#decode(images)));
  }

  /** Decode one after the other what is left of these. */
  async #decode(left: StackImage[]): Promise<void> {
    for (let image = left.shift(); image && !this.#stopped; image = left.shift()) {
      const known = await imageLoader.loadAndCacheImage(image.imageId).then(
        () => true,
        () => false,
      );
      this.#loaded += known ? 1 : 0;
      if (known && !this.#stopped) this.#onLoaded(this.#loaded);
    }
  }
}
