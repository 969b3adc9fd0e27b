import { expect, test } from "vitest";
import { after } from "./pages";

const page = (rows: string[], total: number) => ({ count: rows.length, total, results: rows });
const next = after((row: string) => row);

test("a page follows while rows are missing, counted over all pages", () => {
  const [first, second] = [page(["a", "b"], 3), page(["c"], 3)];
  expect(next(first, [first])).toBe("b");
  expect(next(second, [first, second])).toBeUndefined();
});
test("an empty page is the last one, whatever the total says", () => {
  expect(next(page([], 3), [page([], 3)])).toBeUndefined();
});
