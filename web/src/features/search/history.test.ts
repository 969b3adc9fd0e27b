import { expect, test } from "vitest";
import { withLatest } from "./history";

test("the latest query comes first and stands there once", () => {
  expect(withLatest(["a", "b", "c"], " b ")).toEqual(["b", "a", "c"]);
});
test("an empty query is not kept", () => {
  expect(withLatest(["a"], "  ")).toEqual(["a"]);
});
test("the oldest of fifty gives way", () => {
  const full = Array.from({ length: 50 }, (_, at) => `q${at}`);
  const next = withLatest(full, "new");
  expect(next).toHaveLength(50);
  expect(next.slice(0, 2)).toEqual(["new", "q0"]);
  expect(next).not.toContain("q49");
});
