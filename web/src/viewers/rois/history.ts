import type { Roi } from "./roi";

/** The regions of what is open, with the way back and forth. */
export interface History {
  past: Roi[][];
  present: Roi[];
  future: Roi[][];
}

export const EMPTY: History = { past: [], present: [], future: [] };

const STEPS = 100;
// In whatever order they are listed, and without what is computed from the points.
export const shape = (rois: Roi[]) =>
  JSON.stringify(
    rois.map(({ id, label, comment, closed, points }) => [id, label, comment, closed, points]).sort(),
  );
const same = (a: Roi[], b: Roi[]) => shape(a) === shape(b);

/** A new state of the regions; numbers that were only computed anew are no step of their own. */
export function commit(history: History, present: Roi[]): History {
  if (same(history.present, present)) return { ...history, present };
  return { past: [...history.past, history.present].slice(-STEPS), present, future: [] };
}

/** Regions that were loaded were there all the time: undo does not take them away. */
export function load({ past, present, future }: History, loaded: Roi[]): History {
  const add = (rois: Roi[]) => {
    const known = new Set(rois.map((roi) => roi.id));
    return [...rois, ...loaded.filter((roi) => !known.has(roi.id))];
  };
  return { past: past.map(add), present: add(present), future: future.map(add) };
}

/** Regions of an object that is no longer shown, as if they had never been there. */
export function unload({ past, present, future }: History, source: string): History {
  const without = (rois: Roi[]) => rois.filter((roi) => roi.source !== source);
  return { past: past.map(without), present: without(present), future: future.map(without) };
}

export function undo({ past, present, future }: History): History {
  const before = past.at(-1);
  return before
    ? { past: past.slice(0, -1), present: before, future: [present, ...future] }
    : { past, present, future };
}

export function redo({ past, present, future }: History): History {
  const [after, ...rest] = future;
  return after ? { past: [...past, present], present: after, future: rest } : { past, present, future };
}
