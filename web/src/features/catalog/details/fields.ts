import type { Acquisition, Info, Json, Session, Subject } from "@/api/types";
import { t } from "@/i18n/text";

/** A container whose own fields can be edited. */
export type Detailed = Subject | Session | Acquisition;

interface DetailField {
  name: string;
  title: string;
  /** Numbers, and how many stored units one typed unit is. */
  scale?: number;
  words?: readonly string[];
  /** Cannot be left empty. */
  needed?: boolean;
}

const YEAR_S = 365.25 * 86_400;

const LABEL: DetailField = { name: "label", title: t("Label"), needed: true };

const FIELDS: Record<string, readonly DetailField[]> = {
  subject: [
    LABEL,
    { name: "code", title: t("Code") },
    { name: "type", title: t("Type"), words: ["human", "animal", "phantom"] },
    { name: "sex", title: t("Sex"), words: ["male", "female", "other", "unknown"] },
    { name: "cohort", title: t("Cohort"), words: ["Control", "Study"] },
    { name: "species", title: t("Species") },
    { name: "strain", title: t("Strain") },
    { name: "race", title: t("Race") },
    { name: "ethnicity", title: t("Ethnicity") },
    { name: "firstname", title: t("First name") },
    { name: "lastname", title: t("Last name") },
  ],
  session: [
    LABEL,
    { name: "operator", title: t("Operator") },
    { name: "age", title: t("Age (years)"), scale: YEAR_S },
    { name: "weight", title: t("Weight (kg)"), scale: 1 },
  ],
  acquisition: [LABEL],
};

export const fieldsOf = (level: string) => FIELDS[level] ?? [];

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** The fields as people see them, by their titles. */
export function readDetails(shown: Detailed): Info {
  const stored = shown as unknown as Info;
  return Object.fromEntries(
    fieldsOf(shown.container_type).map(({ name, title, scale }) => {
      const value = stored[name] ?? null;
      return [title, scale && typeof value === "number" ? rounded(value / scale) : value];
    }),
  );
}

/** What was typed, as values by title; nothing typed is no value. */
export function typed(level: string, texts: Record<string, string>): Info {
  return Object.fromEntries(
    fieldsOf(level).map(({ title, scale }) => {
      const text = (texts[title] ?? "").trim();
      return [title, text === "" ? null : scale ? Number(text.replace(",", ".")) : text];
    }),
  );
}

/** Values by title as the fields that the server stores. */
export function stored(level: string, values: Info): Info {
  const known = fieldsOf(level);
  return Object.fromEntries(
    Object.entries(values).flatMap(([title, value]): [string, Json][] => {
      const field = known.find((one) => one.title === title);
      if (!field) return [];
      return [[field.name, field.scale && typeof value === "number" ? value * field.scale : value]];
    }),
  );
}

/** What is wrong with what was typed into a field. */
export function complaint({ scale, needed }: DetailField, text: string): string | null {
  if (needed && !text.trim()) return t("This cannot be empty.");
  if (!scale || !text.trim()) return null;
  const number = Number(text.trim().replace(",", "."));
  return Number.isFinite(number) && number >= 0 ? null : t("This is a number.");
}
