/** Ticking and unticking actions, with what they need and what needs them. */
import type { Action } from "@/api/types";

/** With this action and everything it needs. */
export function tick(held: ReadonlySet<string>, action: string, all: Action[]): Set<string> {
  const next = new Set(held);
  const add = (name: string) => {
    if (next.has(name)) return;
    next.add(name);
    for (const need of all.find((one) => one.action === name)?.implies ?? []) add(need);
  };
  add(action);
  return next;
}

/** Without this action and without everything that needs it. */
export function untick(held: ReadonlySet<string>, action: string, all: Action[]): Set<string> {
  const next = new Set(held);
  const drop = (name: string) => {
    if (!next.delete(name)) return;
    for (const one of all) if (one.implies.includes(name)) drop(one.action);
  };
  drop(action);
  return next;
}

/** The ticked actions that need this one. */
export function neededBy(held: ReadonlySet<string>, action: string, all: Action[]): Action[] {
  return all.filter((one) => held.has(one.action) && one.implies.includes(action));
}

/** What came and what went between two sets. */
export function changes(before: ReadonlySet<string>, after: ReadonlySet<string>) {
  return {
    added: [...after].filter((one) => !before.has(one)),
    removed: [...before].filter((one) => !after.has(one)),
  };
}
