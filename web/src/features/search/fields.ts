import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { age, bytes, dateTime } from "@/ui/format";
import type { DataColumn } from "@/ui/table/model";
import type { Hit, Kind } from "./search";

/** The columns of a result until others are chosen; the first says what the row is. */
export const USUAL_COLUMNS: Record<Kind, string[]> = {
  session: [
    "session.label",
    "subject.label",
    "project.label",
    "session.timestamp",
    "subject.sex",
    "session.age",
    "session.operator",
    "session.tags",
  ],
  acquisition: [
    "acquisition.label",
    "session.label",
    "subject.label",
    "project.label",
    "acquisition.timestamp",
    "acquisition.tags",
  ],
  file: [
    "file.name",
    "file.type",
    "file.modality",
    "file.classification_list",
    "file.size",
    "session.label",
    "subject.label",
    "project.label",
    "file.created",
  ],
  analysis: [
    "analysis.label",
    "analysis.gear_info.name",
    "analysis.job.state",
    "session.label",
    "subject.label",
    "project.label",
    "analysis.created",
  ],
  subject: [
    "subject.label",
    "project.label",
    "subject.sex",
    "subject.cohort",
    "subject.species",
    "subject.tags",
    "subject.created",
  ],
};

const TITLES: Record<string, string> = {
  "session.label": t("Session"),
  "subject.label": t("Subject"),
  "subject.code": t("Subject"),
  "project.label": t("Project"),
  "group.label": t("Group"),
  "acquisition.label": t("Acquisition"),
  "analysis.label": t("Analysis"),
  "session.timestamp": t("Scanned"),
  "acquisition.timestamp": t("Scanned"),
  "subject.sex": t("Sex"),
  "session.age": t("Age"),
  "session.operator": t("Operator"),
  "file.name": t("File"),
  "file.type": t("Type"),
  "file.modality": t("Modality"),
  "file.classification_list": t("Classification"),
  "file.size": t("Size"),
  "analysis.gear_info.name": t("Gear"),
  "analysis.job.state": t("State"),
  "subject.cohort": t("Cohort"),
  "subject.species": t("Species"),
};

const LAST: Record<string, string> = { tags: t("Tags"), created: t("Created"), modified: t("Modified") };
const WIDE = /\.(label|name|classification_list|description)$/;
const TIME = /\.(timestamp|created|modified)$/;

/** What a field is called above its column. */
export const titleOf = (field: string) => {
  const parts = field.split(".");
  return TITLES[field] ?? (parts.length === 2 ? LAST[parts[1] ?? ""] : undefined) ?? field;
};

/** A value of a field as it is read; several are set side by side. */
export function shown(field: string, value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return [...new Set(value.map((one) => shown(field, one)))].join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "string") return TIME.test(field) ? dateTime(value) || value : value;
  if (field === "session.age") return age(value);
  return field === "file.size" ? bytes(value) : String(value);
}

const widthOf = (field: string) => (WIDE.test(field) ? 190 : TIME.test(field) ? 150 : 120);

/** Name of a column where only letters and digits are allowed. */
const idOf = (field: string) => field.replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0)}_`);

/** The value of a column; where a site tells none, what the result itself says. */
function valueAt({ values, _source }: Hit, field: string, at: number): Json | undefined {
  if (values) return values[at];
  return field
    .split(".")
    .reduce<Json | undefined>(
      (found, key) => (found && typeof found === "object" && !Array.isArray(found) ? found[key] : undefined),
      _source as Json,
    );
}

export const columnsOf = (fields: string[]): DataColumn<Hit>[] =>
  fields.map((field, at) => ({
    id: idOf(field),
    title: titleOf(field),
    width: widthOf(field),
    sort: field,
    number: field === "file.size" || field === "session.age",
    cell: (row) => shown(field, valueAt(row, field, at)),
    text: (row) => shown(field, valueAt(row, field, at)),
  }));
