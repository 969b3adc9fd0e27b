import Papa from "papaparse";
import { t } from "@/i18n/text";
import type { DataColumn } from "@/ui/table/model";

interface Row {
  _id: string;
  cells: string[];
}

const NUMBER = /^-?\d*\.?\d+(e[+-]?\d+)?$/i;
const SAMPLE = 50;
const CHARACTER = 8;
const [NARROW, WIDE] = [80, 320];

/** Separated values as rows and columns; the first line names the columns, a line cut in half is dropped. */
export function asTable(text: string, cut: boolean): { columns: DataColumn<Row>[]; rows: Row[] } {
  const [head = [], ...body] = Papa.parse<string[]>(text, { skipEmptyLines: true }).data;
  const lines = cut ? body.slice(0, -1) : body;
  const columns = head.map((title, at): DataColumn<Row> => {
    const sample = lines.slice(0, SAMPLE).map((line) => line[at] ?? "");
    const longest = Math.max(title.length, ...sample.map((value) => value.length));
    const value = (row: Row) => row.cells[at] ?? "";
    return {
      id: `c${at}`,
      title: title || t("Column {number}", { number: at + 1 }),
      width: Math.min(Math.max(longest * CHARACTER + 28, NARROW), WIDE),
      number: sample.some(Boolean) && sample.every((one) => one === "" || NUMBER.test(one)),
      cell: value,
      text: value,
    };
  });
  return { columns, rows: lines.map((cells, at) => ({ _id: String(at), cells })) };
}
