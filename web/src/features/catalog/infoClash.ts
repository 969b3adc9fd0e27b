/** Two people edit the same metadata: what each of them changed, and what they both did. */
import type { Info, Json } from "@/api/types";

/** A value of a top-level key; undefined stands for a key that is not there. */
export type Value = Json | undefined;

export interface Clash {
  key: string;
  mine: Value;
  theirs: Value;
}

export interface Change {
  set: Info;
  delete: string[];
}

/** Whether two values are the same, whatever the order of their keys. */
export function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Info, b as Info];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => key in right && same(left[key], right[key]))
  );
}

/** What has to be sent to make `before` into `after`: whole top-level keys. */
export function difference(before: Info, after: Info): Change {
  const changed = Object.entries(after).filter(([key, value]) => !same(before[key], value));
  const gone = Object.keys(before).filter((key) => !(key in after));
  return { set: Object.fromEntries(changed), delete: gone };
}

/** The keys that both changed since `base`, each to something else. */
export function clashes(base: Info, mine: Info, theirs: Info): Clash[] {
  const change = difference(base, mine);
  return [...Object.keys(change.set), ...change.delete]
    .filter((key) => !same(base[key], theirs[key]) && !same(mine[key], theirs[key]))
    .map((key) => ({ key, mine: mine[key], theirs: theirs[key] }));
}

/** Their version with my changes in it; of the keys in `leave` theirs stays. */
export function merged(base: Info, mine: Info, theirs: Info, leave: ReadonlySet<string> = new Set()): Info {
  const change = difference(base, mine);
  const result = { ...theirs };
  for (const [key, value] of Object.entries(change.set)) if (!leave.has(key)) result[key] = value;
  for (const key of change.delete) if (!leave.has(key)) delete result[key];
  return result;
}
