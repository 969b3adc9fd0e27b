import { t } from "@/i18n/text";
import { ago, dateTime } from "@/ui/format";
import { Tags } from "@/ui/Tags";
import type { DataColumn } from "@/ui/table/model";

/** The columns that tables of several levels share. */
export const labelColumn = <T extends { label: string }>(title: string): DataColumn<T> => ({
  id: "label",
  title,
  width: 240,
  sort: "label",
  cell: (row) => <b style={{ fontWeight: 550 }}>{row.label || t("untitled")}</b>,
  text: (row) => row.label,
});

export const tagsColumn = <T extends { tags: string[] }>(): DataColumn<T> => ({
  id: "tags",
  title: t("Tags"),
  width: 190,
  cell: (row) => <Tags tags={row.tags} />,
  text: (row) => row.tags.join(", "),
});

const timeColumn = <K extends "created" | "modified">(id: K, title: string) => ({
  id,
  title,
  width: 130,
  sort: id,
  cell: (row: Record<K, string>) => ago(row[id]),
  text: (row: Record<K, string>) => dateTime(row[id]),
});

export const receivedColumn = timeColumn("created", t("Received"));
export const changedColumn = timeColumn("modified", t("Last change"));
