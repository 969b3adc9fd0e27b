import type { Json } from "@/api/types";
import { plural, t } from "@/i18n/text";
import { isBranch } from "@/parts/info/infoTree";

export interface HeaderRow {
  _id: string;
  depth: number;
  tag: string;
  vr: string;
  keyword: string;
  value: string;
}

/** Keyword -> eight digits of the tag and the two letters of its value representation. */
export type Dictionary = Record<string, string>;

const PRIVATE = /^(.*) ([0-9a-f]{4}),([0-9a-f]{2,4})$/i;

function names(keyword: string, dictionary: Dictionary): Pick<HeaderRow, "tag" | "vr"> {
  const known = dictionary[keyword];
  if (known) return { tag: `(${known.slice(0, 4)},${known.slice(4, 8)})`, vr: known.slice(8) };
  const own = PRIVATE.exec(keyword);
  return own ? { tag: `(${own[2]},xx${own[3]?.slice(-2)})`, vr: "" } : { tag: "", vr: "" };
}

const isSequence = (value: Json): value is { [key: string]: Json }[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isBranch(item) && !Array.isArray(item));

function shownValue(value: Json): string {
  if (value === null) return "";
  if (Array.isArray(value))
    return value.map((item) => (isBranch(item) ? JSON.stringify(item) : String(item ?? ""))).join(" \\ ");
  return isBranch(value) ? JSON.stringify(value) : String(value);
}

/** A header as rows in tag order; the items of sequences follow their sequence, one step deeper. */
export function headerRows(
  header: { [key: string]: Json },
  dictionary: Dictionary,
  depth = 0,
  path = "",
): HeaderRow[] {
  const own = Object.entries(header).map(([keyword, value]) => ({
    keyword,
    value,
    ...names(keyword, dictionary),
  }));
  own.sort((a, b) => (a.tag || "~").localeCompare(b.tag || "~") || a.keyword.localeCompare(b.keyword));
  return own.flatMap(({ keyword, value, tag, vr }) => {
    const _id = `${path}/${keyword}`;
    if (!isSequence(value)) return [{ _id, depth, tag, vr, keyword, value: shownValue(value) }];
    const head = {
      _id,
      depth,
      tag,
      vr: vr || "SQ",
      keyword,
      value: plural(value.length, "{count} item", "{count} items"),
    };
    return [
      head,
      ...value.flatMap((item, index) => [
        ...(value.length > 1
          ? [
              {
                _id: `${_id}/${index}`,
                depth: depth + 1,
                tag: "",
                vr: "",
                keyword: t("Item {number}", { number: index + 1 }),
                value: "",
              },
            ]
          : []),
        ...headerRows(item, dictionary, depth + 1, `${_id}/${index}`),
      ]),
    ];
  });
}

/** The rows that contain the words in tag, keyword or value. */
export function searchRows(rows: HeaderRow[], text: string): HeaderRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const all = `${row.tag} ${row.keyword} ${row.vr} ${row.value}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
