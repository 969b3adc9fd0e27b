/** What people type into the form of a gear's options, and the config it means. */
import type { Manifest, Option } from "@/api/gears";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";

/** Texts as typed, switches as they stand; lists have an entry on each line. */
export type Draft = Record<string, string | boolean>;

type Config = Record<string, Json>;

const asText = (value: Json): string => {
  if (Array.isArray(value)) return value.map(asText).join("\n");
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** The form as it opens: the defaults, and over them what is set already. */
export function draftOf(manifest: Manifest, config: Config = {}): Draft {
  const draft: Draft = {};
  for (const [name, option] of Object.entries(manifest.config)) {
    const value = config[name] ?? option.default;
    if (option.type === "boolean") draft[name] = value === true;
    else draft[name] = value === undefined || value === null ? "" : asText(value);
  }
  return draft;
}

class Problem extends Error {}

function numberOf(text: string, { type, minimum, maximum }: Option): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Problem(t("This is not a number."));
  if (type === "integer" && !Number.isInteger(value)) throw new Problem(t("This is not a whole number."));
  if (minimum !== undefined && value < minimum) throw new Problem(t("At least {minimum}.", { minimum }));
  if (maximum !== undefined && value > maximum) throw new Problem(t("At most {maximum}.", { maximum }));
  return value;
}

const isNumber = (type: string | undefined) => type === "integer" || type === "number";

function meant(text: string, option: Option): Json {
  const words = option.enum;
  if (words) {
    const found = words.find((one) => asText(one) === text);
    if (found === undefined) throw new Problem(t("Choose one of the list."));
    return found;
  }
  if (isNumber(option.type)) return numberOf(text.trim(), option);
  if (option.type !== "array") return text;
  const item: Option = isNumber(option.items?.type) ? { type: option.items?.type as "number" } : {};
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => meant(line, item));
}

/** An empty field means the default, nothing for an option that may be absent; an empty text can be meant. */
const isAbsent = (text: string, option: Option) =>
  text.trim() === "" && !(option.type === "string" && !option.enum && option.default !== undefined);

/** The config that the form means, and by option why it means none. The server has the last word. */
export function readDraft(manifest: Manifest, draft: Draft) {
  const config: Config = {};
  const problems: Record<string, string> = {};
  for (const [name, option] of Object.entries(manifest.config)) {
    const given = draft[name];
    if (typeof given === "boolean") {
      if (given || !option.optional) config[name] = given;
      continue;
    }
    const text = given ?? "";
    if (isAbsent(text, option)) {
      if (option.default === undefined && !option.optional) problems[name] = t("A value is needed.");
      continue;
    }
    try {
      config[name] = meant(text, option);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems[name] = error.message;
    }
  }
  return { config, problems };
}

/** What differs from the defaults: the rest follows them when they change. */
export const changed = (manifest: Manifest, config: Config): Config =>
  Object.fromEntries(
    Object.entries(config).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(manifest.config[name]?.default),
    ),
  );
