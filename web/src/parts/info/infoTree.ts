import type { Json } from "@/api/types";

export type InfoPath = (string | number)[];

/** Whether a value has children. */
export const isBranch = (value: Json): value is Json[] | { [key: string]: Json } =>
  typeof value === "object" && value !== null;

/** The children of a value, with their keys. */
export function entries(value: Json): [string | number, Json][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return isBranch(value) ? Object.entries(value) : [];
}

/** What was typed, as a value: numbers, true, false, null and JSON are read as such, the rest is text. */
export function readValue(text: string): Json {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return text;
  }
}

/** A value as it is typed; texts that would be read as something else stand in quotation marks. */
export function writeValue(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return readValue(value) === value ? value : JSON.stringify(value);
}

/** The value with the part at `path` replaced, or removed when `next` is undefined. */
export function withPart(value: Json, path: InfoPath, next: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return next ?? null;
  const inner = (old: Json | undefined) => (rest.length === 0 ? next : withPart(old ?? {}, rest, next));
  if (Array.isArray(value)) {
    const changed = inner(value[Number(key)]);
    const copy = [...value];
    if (changed === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = changed;
    return copy;
  }
  const old = isBranch(value) ? value : {};
  const changed = inner(old[String(key)]);
  if (changed !== undefined) return { ...old, [String(key)]: changed };
  const { [String(key)]: _gone, ...kept } = old;
  return kept;
}
