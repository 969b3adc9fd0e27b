/** Words of the page. English stands in the code and is the key of the other languages' catalogues. */
import { catalogue, locale } from "./language";

type Slots<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;
type Value = string | number;
/** What fills the `{slots}` of a text; nothing where it has none. */
export type Filling<T extends string> = [Slots<T>] extends [never] ? [] : [values: Record<Slots<T>, Value>];

const PLURALS = new Intl.PluralRules(locale);
const CATEGORIES = (["zero", "one", "two", "few", "many", "other"] as const).filter((one) =>
  PLURALS.resolvedOptions().pluralCategories.includes(one),
);
const NUMBERS = new Intl.NumberFormat(locale);

/** A number with the language's separators, `1,234`; empty where there is none. */
export const figure = (value: number | null | undefined) => (value == null ? "" : NUMBERS.format(value));

const fill = (text: string, values: Record<string, Value> | undefined) =>
  values ? text.replace(/\{(\w+)\}/g, (slot, name: string) => String(values[name] ?? slot)) : text;

/** The text in the page's language, before its slots are filled. */
export function translated(text: string): string {
  const found = catalogue[text];
  return typeof found === "string" ? found : text;
}

/** A text: `t("Delete {name}", { name })`. It is a literal, for the catalogue is gathered from the code. */
export const t = <const T extends string>(text: T, ...[values]: Filling<T>): string =>
  fill(translated(text), values);

/** A text whose English word means several things; the context tells translators which: `tIn("state", "open")`. */
export function tIn<const T extends string>(context: string, text: T, ...[values]: Filling<T>): string {
  const found = catalogue[`${context}\u0004${text}`];
  return fill(typeof found === "string" ? found : text, values);
}

/** A text that counts: `plural(n, "{count} file", "{count} files")`. `{count}` is written with separators. */
export function plural(count: number, one: string, many: string, values: Record<string, Value> = {}): string {
  const forms = catalogue[one];
  const form = Array.isArray(forms) ? forms[CATEGORIES.indexOf(PLURALS.select(count))] : undefined;
  return fill(form ?? (count === 1 ? one : many), { count: figure(count), ...values });
}
