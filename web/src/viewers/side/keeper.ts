/** How keeping a draft stands, or why it failed. */
export type Saving = "saved" | "saving" | Error;

/** Keeps what somebody makes: soon after the last change, or at once when asked; one write after the other. */
export class Keeper {
  readonly #write: () => Promise<void>;
  readonly #waitMs: number;
  readonly #say: (saving: Saving) => void;
  #changed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<boolean> = Promise.resolve(true);
  #open = 0;

  constructor(write: () => Promise<void>, waitMs: number, say: (saving: Saving) => void) {
    this.#write = write;
    this.#waitMs = waitMs;
    this.#say = say;
  }

  /** Whether leaving now would lose something. */
  get busy(): boolean {
    return this.#changed || this.#open > 0;
  }

  /** Whether something is still to be written, such as what could not be. */
  get waits(): boolean {
    return this.#changed;
  }

  /** Something changed. */
  later(): void {
    this.#changed = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), this.#waitMs);
  }

  /** Write what changed, if anything did; true once all that there was before the call is kept. */
  now(): Promise<boolean> {
    clearTimeout(this.#timer);
    return this.#turn(async () => {
      if (!this.#changed) return true;
      return this.#attempt(async () => {
        this.#changed = false;
        try {
          await this.#write();
        } catch (problem) {
          this.#changed = true;
          throw problem;
        }
      });
    });
  }

  /** Do this once all is kept, and not at all if that fails. */
  async after(work: () => Promise<void>): Promise<void> {
    if (await this.now()) await this.#turn(() => this.#attempt(work));
  }

  async #turn(work: () => Promise<boolean>): Promise<boolean> {
    this.#open += 1;
    this.#last = this.#last.then(work);
    const done = await this.#last;
    this.#open -= 1;
    return done;
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.#say("saving");
    try {
      await work();
      this.#say("saved");
      return true;
    } catch (problem) {
      this.#say(problem as Error);
      return false;
    }
  }
}
