import { expect, test } from "vitest";
import { levelsOf, moved } from "./columnTree";

const alias = (name: string, more: object = {}) => ({
  name,
  description: `The ${name}`,
  hidden: false,
  ...more,
});

test("fields stand under their levels, without groups and hidden ones", () => {
  const all = [
    alias("session", { group: ["session.id"] }),
    alias("session.id"),
    alias("session.secret", { hidden: true }),
    alias("subject.label"),
  ];
  expect(levelsOf(all, "").map((level) => [level.name, level.fields.map((one) => one.name)])).toEqual([
    ["subject", ["subject.label"]],
    ["session", ["session.id"]],
  ]);
  expect(levelsOf(all, " LABEL").map((level) => level.name)).toEqual(["subject"]);
});
test("a column moves one step and stays at the ends", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
});
