import { expect, test } from "vitest";
import { hexLines } from "./hex";
import { asTable } from "./table";

test("quoted commas and line breaks stay in their cell, numbers are told from words", () => {
  const { columns, rows } = asTable('id,note,score\n1,"a, b\nc",2.5\n2,,-1e3\n', false);
  expect(columns.map((column) => [column.title, column.number])).toEqual([
    ["id", true],
    ["note", false],
    ["score", true],
  ]);
  expect(rows.map((row) => row.cells)).toEqual([
    ["1", "a, b\nc", "2.5"],
    ["2", "", "-1e3"],
  ]);
});
test("tabs are found, and a line cut in half is dropped", () => {
  expect(asTable("a\tb\n1\t2\n3\t", true).rows.map((row) => row.cells)).toEqual([["1", "2"]]);
});
test("bytes are shown with their offset and what is printable", () => {
  expect(hexLines(new TextEncoder().encode("DICM\n"))).toEqual([
    `00000000  44 49 43 4d 0a${" ".repeat(33)}  DICM.`,
  ]);
});
