import { shape } from "./history";
import { fileOf, type Roi } from "./roi";
import { toWire } from "./wire";

interface File {
  shape: string;
  wire: string;
  /** Whether somebody changed something since it was opened or made a version. */
  touched: boolean;
}

/** What is kept of one's own regions on each open file version, so that one knows what is not. */
export class Kept {
  readonly #files = new Map<string, File>();

  /** What was loaded, or has just been kept. */
  is(file: string, rois: Roi[], touched: boolean): void {
    this.#files.set(file, { shape: shape(rois), wire: wireOf(rois), touched });
  }

  /** The files with changes, and all of one's regions there. What is merely measured anew by looking is no change. */
  missing(all: Roi[]): [string, Roi[]][] {
    const changed: [string, Roi[]][] = [];
    for (const [file, kept] of this.#files) {
      const rois = all.filter((roi) => roi.by === undefined && fileOf(roi) === file);
      const same = shape(rois) === kept.shape && !(kept.touched && wireOf(rois) !== kept.wire);
      if (!same) changed.push([file, rois]);
    }
    return changed;
  }

  /** All that is kept is a version now. */
  published(): void {
    for (const file of this.#files.values()) file.touched = false;
  }
}

const wireOf = (rois: Roi[]) => JSON.stringify(toWire([...rois].sort((a, b) => (a.id < b.id ? -1 : 1))));
