import { expect, test } from "vitest";
import { type DataColumn, pick, readSort, sortText } from "./model";

const columns: DataColumn<unknown>[] = [{ id: "a", title: "A", cell: () => null, width: 1, sort: "label" }];

test("a sort survives the way through the address", () => {
  expect(readSort(sortText({ field: "label", descending: true }), columns)).toEqual({
    field: "label",
    descending: true,
  });
});
test("a sort by an unknown field is ignored", () => {
  expect(readSort("password:asc", columns)).toBeUndefined();
  expect(readSort(undefined, columns)).toBeUndefined();
});
test("a second click takes a row out of the selection", () => {
  const once = pick(new Set(), "x", []);
  expect([...once]).toEqual(["x"]);
  expect([...pick(once, "x", [])]).toEqual([]);
});
test("a range adds and never removes", () => {
  expect([...pick(new Set(["b"]), "c", ["a", "b", "c"])].sort()).toEqual(["a", "b", "c"]);
});
