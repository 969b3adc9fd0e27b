interface Change {
  slice: number;
  before: Uint8Array<ArrayBuffer>;
  after: Uint8Array<ArrayBuffer>;
}

const STEPS = 30;

/** The way back and forth over what was painted into a volume, slice by slice. */
export class Strokes {
  readonly #voxels: Uint8Array<ArrayBuffer>;
  readonly #length: number;
  /** Slices as they were after the last stroke; those that are missing are empty. */
  readonly #last = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #touched = new Set<number>();
  readonly #counts = new Map<number, number>();
  #past: Change[][] = [];
  #future: Change[][] = [];

  constructor(voxels: Uint8Array<ArrayBuffer>, length: number) {
    this.#voxels = voxels;
    this.#length = length;
    for (let slice = 0; slice * length < voxels.length; slice += 1) {
      const now = this.#slice(slice);
      if (now.every((voxel) => voxel === 0)) continue;
      this.#last.set(slice, now.slice());
      this.#count(now, 1);
    }
  }

  /** How many voxels have a number. */
  count(value: number): number {
    return this.#counts.get(value) ?? 0;
  }

  get mayUndo(): boolean {
    return this.#past.length > 0;
  }
  get mayRedo(): boolean {
    return this.#future.length > 0;
  }

  touch(slices: Iterable<number>): void {
    for (const slice of slices) this.#touched.add(slice);
  }

  /** End a stroke; whether anything changed. */
  commit(): boolean {
    const step: Change[] = [];
    for (const slice of this.#touched) {
      const before = this.#last.get(slice) ?? new Uint8Array(this.#length);
      const after = this.#slice(slice).slice();
      if (after.every((voxel, at) => voxel === before[at])) continue;
      this.#last.set(slice, after);
      this.#count(before, -1);
      this.#count(after, 1);
      step.push({ slice, before, after });
    }
    this.#touched.clear();
    if (step.length === 0) return false;
    this.#past = [...this.#past, step].slice(-STEPS);
    this.#future = [];
    return true;
  }

  /** The slices that changed back. */
  undo(): number[] {
    const step = this.#past.pop();
    if (!step) return [];
    this.#future.push(step);
    return this.#apply(step, "before");
  }

  redo(): number[] {
    const step = this.#future.pop();
    if (!step) return [];
    this.#past.push(step);
    return this.#apply(step, "after");
  }

  #count(voxels: Uint8Array, sign: 1 | -1): void {
    for (const voxel of voxels) {
      if (voxel !== 0) this.#counts.set(voxel, (this.#counts.get(voxel) ?? 0) + sign);
    }
  }

  #slice(slice: number): Uint8Array<ArrayBuffer> {
    return this.#voxels.subarray(slice * this.#length, (slice + 1) * this.#length);
  }

  #apply(step: Change[], which: "before" | "after"): number[] {
    for (const change of step) {
      this.#voxels.set(change[which], change.slice * this.#length);
      this.#count(change.before, which === "before" ? 1 : -1);
      this.#count(change.after, which === "after" ? 1 : -1);
      this.#last.set(change.slice, change[which]);
    }
    return step.map(({ slice }) => slice);
  }
}
