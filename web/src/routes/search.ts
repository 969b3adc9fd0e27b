/** What the addresses carry after `?`: read leniently, unreadable parts are dropped. */
type Raw = Record<string, unknown>;

function text(raw: Raw, key: string): string | undefined {
  const value = raw[key];
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts<K extends string>(raw: Raw, keys: readonly K[]): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const key of keys) {
    const value = text(raw, key);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

export const login = (raw: Raw) => texts(raw, ["next", "problem"]);
export const projects = (raw: Raw) => texts(raw, ["q", "group", "sort"]);
export const rows = (raw: Raw) => texts(raw, ["q", "subject", "from", "to", "tag", "complete", "sort"]);
export const file = (raw: Raw) => texts(raw, ["file"]);
export const copy = (raw: Raw) => texts(raw, ["copy"]);
export const log = (raw: Raw) => texts(raw, ["user", "project", "subject", "types", "from", "to"]);
export const filtered = (raw: Raw) => texts(raw, ["q", "state", "sort"]);
export const usage = (raw: Raw) => texts(raw, ["by", "from", "to"]);
export const misrouted = (raw: Raw) => texts(raw, ["search", "reason"]);
export const routing = (raw: Raw) => texts(raw, ["string"]);
export const why = (raw: Raw) => texts(raw, ["user", "action"]);
export const jobs = (raw: Raw) => texts(raw, ["state", "gear", "whose", "sort"]);
export const gears = (raw: Raw) => texts(raw, ["q"]);
export const run = (raw: Raw) => texts(raw, ["gear", "target", "file"]);
export function version(raw: Raw): { version?: number } {
  const number = Number(text(raw, "version"));
  return Number.isInteger(number) && number > 0 ? { version: number } : {};
}

/** A file in its current or an older version, or a session; what hangs where. */
export const viewer = (raw: Raw) => ({
  ...texts(raw, ["file", "session", "series", "layout", "at"]),
  ...version(raw),
});

/** A data view: what is not saved yet, the run that is shown, the order of its rows. */
export function view(raw: Raw): { draft?: object; run?: string; sort?: string } {
  const { draft } = raw;
  const unsaved = typeof draft === "object" && draft !== null && !Array.isArray(draft);
  return { ...texts(raw, ["run", "sort"]), ...(unsaved ? { draft } : {}) };
}

const KINDS = ["session", "acquisition", "file", "analysis", "subject"] as const;

const list = (value: unknown): string[] | undefined => {
  const found = Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  return found.length > 0 ? found : undefined;
};

/** Values by the fields they were picked of. */
function picked(value: unknown): Record<string, string[]> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const found = Object.entries(value).flatMap(([field, values]) => {
    const some = list(values);
    return some ? [[field, some] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** A whole search: query, words, kind of result, what was picked, columns and order. */
export function search(raw: Raw) {
  const kind = KINDS.find((one) => one === raw.kind);
  const [columns, facets, sites] = [list(raw.columns), list(raw.facets), list(raw.sites)];
  const values = picked(raw.picked);
  return {
    ...texts(raw, ["q", "words", "sort", "from", "to", "youngest", "oldest", "saved", "all"]),
    ...(kind ? { kind } : {}),
    ...(columns ? { columns } : {}),
    ...(facets ? { facets } : {}),
    ...(sites ? { sites } : {}),
    ...(values ? { picked: values } : {}),
  };
}
