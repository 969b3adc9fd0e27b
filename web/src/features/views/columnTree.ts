/** The fields a view can show, by level. */
import type { Alias } from "@/parts/views/view";

export interface Level {
  name: string;
  fields: Alias[];
}

const ORDER = ["subject", "session", "acquisition", "file", "analysis", "project", "group"];

/** The levels with their fields, nearest to the images' questions first; those that match the text. */
export function levelsOf(aliases: Alias[], search: string): Level[] {
  const words = search.trim().toLowerCase();
  const matches = (one: Alias) => `${one.name} ${one.description}`.toLowerCase().includes(words);
  return ORDER.map((name) => ({
    name,
    fields: aliases.filter(
      (one) => !one.hidden && !one.group && one.name.startsWith(`${name}.`) && matches(one),
    ),
  })).filter((level) => level.fields.length > 0);
}

/** The list with one entry a step up or down. */
export function moved<T>(list: T[], from: number, step: -1 | 1): T[] {
  const to = from + step;
  const [one, other] = [list[from], list[to]];
  if (one === undefined || other === undefined) return list;
  const copy = [...list];
  copy[from] = other;
  copy[to] = one;
  return copy;
}
