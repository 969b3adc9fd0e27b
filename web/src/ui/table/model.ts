import {
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  tableFeatures,
} from "@tanstack/react-table";
import type { ReactNode } from "react";

export const features = tableFeatures({
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
});
export type Features = typeof features;

/** What a column shows; `sort` names the API field by which the server can order. */
export interface DataColumn<T> {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** Text for the tooltip of a cut cell, and for copying. */
  text?: (row: T) => string;
  width: number;
  sort?: string;
  number?: boolean;
  hidden?: boolean;
}

export interface Sort {
  field: string;
  descending: boolean;
}

/** Column definitions of the table model. */
export function columnDefs<T extends RowData>(columns: DataColumn<T>[]) {
  const helper = createColumnHelper<Features, T>();
  return helper.columns(
    columns.map((column) =>
      helper.display({ id: column.id, header: column.title, size: column.width, minSize: 56, maxSize: 900 }),
    ),
  );
}

/** The sort in address form: `timestamp:desc`. */
export const sortText = (sort: Sort) => `${sort.field}:${sort.descending ? "desc" : "asc"}`;

/** The sort read from its address form; undefined when it names none of the columns. */
export function readSort<T>(text: string | undefined, columns: DataColumn<T>[]): Sort | undefined {
  const [field, direction] = (text ?? "").split(":");
  if (!field || !columns.some((column) => column.sort === field)) return undefined;
  return { field, descending: direction === "desc" };
}

/** Ids after a click: alone it toggles one row; with Shift it takes the rows from the last one picked. */
export function pick(chosen: ReadonlySet<string>, id: string, range: string[]): Set<string> {
  const next = new Set(chosen);
  if (range.length > 0) for (const one of range) next.add(one);
  else if (!next.delete(id)) next.add(id);
  return next;
}
