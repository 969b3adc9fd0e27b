import { expect, test } from "vitest";
import { pagesOf } from "./paging";

test("a range inside one page asks for that page only", () => {
  expect(pagesOf(0, 40, 100)).toEqual([1]);
  expect(pagesOf(100, 199, 100)).toEqual([2]);
});
test("a range over a border asks for both pages", () => {
  expect(pagesOf(90, 130, 100)).toEqual([1, 2]);
});
test("an empty range still asks for the first page", () => {
  expect(pagesOf(0, 0, 100)).toEqual([1]);
});
