import { type Gear, NO_SUITE, suiteOf } from "@/api/gears";
import { CATEGORY_WORDS } from "@/parts/jobs/categories";

/** Gears by suite in alphabetical order, those without one at the end; only what the words are found in. */
export function bySuite(gears: Gear[], words: string): [suite: string, gears: Gear[]][] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const suites = new Map<string, Gear[]>();
  for (const one of gears) {
    const suite = suiteOf(one);
    const { name, label, description, author } = one.gear;
    const text = [name, label, description, author, suite, one.category, CATEGORY_WORDS[one.category]]
      .join(" ")
      .toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    suites.set(suite, [...(suites.get(suite) ?? []), one]);
  }
  return [...suites].sort(
    ([a], [b]) =>
      Number(a === NO_SUITE) - Number(b === NO_SUITE) ||
      a.localeCompare(b, undefined, { sensitivity: "base" }),
  );
}
