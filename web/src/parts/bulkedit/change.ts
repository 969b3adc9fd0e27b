import type { Info, Json } from "@/api/types";
import { readValue } from "@/parts/info/infoTree";

export type BulkLevel = "subjects" | "sessions" | "acquisitions" | "files";

/** One line of the form: a field to set or to remove. */
export interface FieldLine {
  act: "set" | "delete";
  name: string;
  value: string;
}

export interface ChangeDraft {
  fields: FieldLine[];
  addTags: string[];
  removeTags: string[];
}

export interface Change {
  set: Info;
  delete: string[];
  add_tags: string[];
  remove_tags: string[];
}

interface Shown {
  info: Info;
  tags?: string[];
}

/** What came of a change, or what would. */
export interface Edited {
  changed: number;
  unchanged: number;
  refused: number;
  locked: number;
  not_found: number;
  overwritten: Record<string, number>;
  examples: { id: string; label: string; before: Shown; after: Shown }[];
  stamp: string;
}

export const EMPTY: ChangeDraft = {
  fields: [{ act: "set", name: "", value: "" }],
  addTags: [],
  removeTags: [],
};

/** The draft as the server takes it; lines without a name say nothing. */
export function changeOf({ fields, addTags, removeTags }: ChangeDraft): Change {
  const named = fields
    .map((line) => ({ ...line, name: line.name.trim() }))
    .filter((line) => line.name !== "");
  return {
    set: Object.fromEntries(
      named.filter((line) => line.act === "set").map((line) => [line.name, readValue(line.value)]),
    ),
    delete: named.filter((line) => line.act === "delete").map((line) => line.name),
    add_tags: addTags,
    remove_tags: removeTags,
  };
}

export const saysNothing = (change: Change) =>
  Object.keys(change.set).length +
    change.delete.length +
    change.add_tags.length +
    change.remove_tags.length ===
  0;

export interface Difference {
  key: string;
  label: string;
  field: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** The examples of a preview, one line for each field that differs. */
export function differences({ examples }: Pick<Edited, "examples">): Difference[] {
  return examples.flatMap(({ id, label, before, after }) => {
    const names = [...new Set([...Object.keys(before.info), ...Object.keys(after.info)])];
    const lines = names.map((field) => ({ field, before: before.info[field], after: after.info[field] }));
    if (after.tags) lines.push({ field: "tags", before: before.tags, after: after.tags });
    return lines
      .filter((line) => JSON.stringify(line.before) !== JSON.stringify(line.after))
      .map((line) => ({ ...line, label, key: `${id} ${line.field}` }));
  });
}
