import type { PlaneName } from "./engine";

export interface Layout {
  rows: number;
  columns: number;
  /** The planes of one volume instead of a series for each cell. */
  planes: PlaneName[] | null;
}

export const MPR = "mpr";
export const GRIDS = ["1x1", "1x2", "2x1", "2x2", "1x3", "2x3", "3x3"];

/** A layout of an address; what cannot be read is one picture. */
export function readLayout(text: string | undefined): Layout {
  if (text === MPR) return { rows: 1, columns: 3, planes: ["axial", "sagittal", "coronal"] };
  const found = /^([1-3])x([1-3])$/.exec(text ?? "");
  return { rows: Number(found?.[1] ?? 1), columns: Number(found?.[2] ?? 1), planes: null };
}

const EMPTY = "-";

/** Which file is in each cell, as an address says it: ids by comma, `-` for an empty cell. */
export function readCells(
  text: string | undefined,
  count: number,
  first: string | undefined,
): (string | null)[] {
  const given = text ? text.split(",") : first ? [first] : [];
  return Array.from({ length: count }, (_, at) => {
    const one = given[at];
    return one === undefined || one === EMPTY || one === "" ? null : one;
  });
}

export const writeCells = (cells: (string | null)[]) => cells.map((one) => one ?? EMPTY).join(",");

/** The cells of a layout that is larger: series not yet shown fill what is empty. */
export function fillCells(cells: (string | null)[], count: number, series: string[]): (string | null)[] {
  const shown = new Set(cells.slice(0, count));
  const unseen = series.filter((one) => !shown.has(one));
  return Array.from({ length: count }, (_, at) => cells[at] ?? unseen.shift() ?? null);
}
