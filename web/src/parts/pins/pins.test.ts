import { expect, test } from "vitest";
import { toggled } from "./pins";

test("what is pinned last stands first", () => {
  expect(toggled(["a"], "b")).toEqual(["b", "a"]);
});
test("what is pinned already is taken out", () => {
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});
