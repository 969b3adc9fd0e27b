import { expect, test } from "vitest";
import { changeOf, differences, EMPTY, saysNothing } from "./change";

test("typed values keep their kind, and empty lines say nothing", () => {
  const change = changeOf({
    fields: [
      { act: "set", name: " score ", value: "2" },
      { act: "set", name: "qa.passed", value: "true" },
      { act: "set", name: "", value: "lost" },
      { act: "delete", name: "old", value: "" },
    ],
    addTags: ["a"],
    removeTags: [],
  });
  expect(change.set).toEqual({ score: 2, "qa.passed": true });
  expect(change.delete).toEqual(["old"]);
  expect(saysNothing(change)).toBe(false);
  expect(saysNothing(changeOf(EMPTY))).toBe(true);
});

test("a preview lists only what differs", () => {
  const lines = differences({
    examples: [
      {
        id: "1",
        label: "s1",
        before: { info: { score: 1, same: [1] }, tags: ["a"] },
        after: { info: { score: 2, same: [1] }, tags: ["a"] },
      },
    ],
  });
  expect(lines).toEqual([{ key: "1 score", label: "s1", field: "score", before: 1, after: 2 }]);
});
