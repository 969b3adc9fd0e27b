import { t } from "@/i18n/text";

/** A vocabulary as it is edited: keys keep their place while they are typed. */
export interface Entry {
  key: string;
  words: string[];
}

export const entriesOf = (classification: Record<string, string[]>): Entry[] =>
  Object.entries(classification).map(([key, words]) => ({ key, words }));

export const classificationOf = (entries: Entry[]): Record<string, string[]> =>
  Object.fromEntries(entries.map(({ key, words }) => [key.trim(), words]));

/** What keeps a vocabulary from being saved, in words; null when nothing does. */
export function vocabularyProblem(entries: Entry[]): string | null {
  const keys = entries.map(({ key }) => key.trim());
  if (keys.includes("")) return t("Every row needs a name.");
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice) return t("“{name}” is there twice.", { name: twice });
  return keys.includes("Custom") ? t("“Custom” always takes any word; it needs no row.") : null;
}
