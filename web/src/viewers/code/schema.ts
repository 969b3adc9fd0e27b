/** A JSON schema as far as completing needs it. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  description?: string;
}

export interface Choice {
  label: string;
  detail: string;
}

/** Where in a YAML text somebody types: the keys above, and the key whose value it is, if it is one. */
export interface Spot {
  path: string[];
  value: string | null;
}

const KEY = /^(\s*)((?:- )*)\s*(?:\{\s*)?([\w-]+)\s*:/;

/** The spot at the end of `text`: by indentation, and inside one `{ … }` by its last comma. */
export function spotOf(text: string): Spot {
  const lines = text.split("\n");
  const last = lines.at(-1) ?? "";
  const open = last.lastIndexOf("{");
  const inner =
    open > last.lastIndexOf("}")
      ? (last
          .slice(open + 1)
          .split(",")
          .at(-1) ?? "")
      : null;
  const here = inner ?? last.replace(/^\s*(- )*/, "");
  const value = /^\s*([\w-]+)\s*:\s/.exec(here)?.[1] ?? null;
  const path = above(lines, inner === null ? depthOf(last) : depthOf(last) + 1);
  if (inner !== null) {
    const holder = /([\w-]+)\s*:\s*$/.exec(last.slice(0, open))?.[1];
    if (holder) path.push(holder);
  }
  return { path, value };
}

const depthOf = (line: string) => /^\s*(- )*/.exec(line)?.[0].length ?? 0;

/** The keys that the last line is below, outermost first. */
function above(lines: string[], depth: number): string[] {
  const path: string[] = [];
  let least = depth;
  for (const line of lines.slice(0, -1).reverse()) {
    const found = KEY.exec(line);
    if (!found || !line.trim() || line.trim().startsWith("#")) continue;
    const own = (found[1]?.length ?? 0) + (found[2]?.length ?? 0);
    const holds = (found[1]?.length ?? 0) < least && own < least;
    const opens = /:\s*$/.test(line);
    if (holds && opens && found[3]) {
      path.unshift(found[3]);
      least = found[1]?.length ?? 0;
    }
    if (least === 0) break;
  }
  return path;
}

/** What may be typed at the spot. */
export function choicesAt(root: Schema, spot: Spot): Choice[] {
  let schemas = [root];
  for (const key of spot.path) schemas = below(schemas, root, key);
  const held = schemas.flatMap((schema) => alternatives(schema, root));
  if (spot.value !== null) {
    const key = spot.value;
    return unique(below(schemas, root, key).flatMap((schema) => valuesOf(schema, root)));
  }
  return unique(
    held.flatMap((schema) =>
      Object.entries(schema.properties ?? {}).map(([label, one]) => ({
        label,
        detail: one.description ?? "",
      })),
    ),
  );
}

/** A schema with its references followed and its alternatives and list items side by side. */
function alternatives(schema: Schema, root: Schema): Schema[] {
  if (schema.$ref) {
    const found = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return found ? alternatives(found, root) : [];
  }
  const more = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [schema, ...more.flatMap((one) => alternatives(one, root))];
}

const below = (schemas: Schema[], root: Schema, key: string) =>
  schemas
    .flatMap((schema) => alternatives(schema, root))
    .map((schema) => schema.properties?.[key])
    .filter((found): found is Schema => found !== undefined);

function valuesOf(schema: Schema, root: Schema): Choice[] {
  return alternatives(schema, root).flatMap((one) => {
    const fixed = one.const !== undefined ? [one.const] : (one.enum ?? []);
    const flags = one.type === "boolean" ? [true, false] : [];
    return [...fixed, ...flags].map((value) => ({ label: String(value), detail: "" }));
  });
}

const unique = (choices: Choice[]) => [...new Map(choices.map((one) => [one.label, one])).values()];
