import { expect, test } from "vitest";
import { classificationOf, entriesOf, vocabularyProblem } from "./vocabulary";

test("a vocabulary survives being edited", () => {
  const classification = { Intent: ["Structural"], Contrast: [] };
  expect(classificationOf(entriesOf(classification))).toEqual(classification);
});
test("rows without a name, twice the same one and the free one are refused", () => {
  expect(vocabularyProblem([{ key: " ", words: [] }])).toContain("name");
  expect(
    vocabularyProblem([
      { key: "A", words: [] },
      { key: "A ", words: [] },
    ]),
  ).toContain("twice");
  expect(vocabularyProblem([{ key: "Custom", words: [] }])).toContain("any word");
  expect(vocabularyProblem([{ key: "A", words: [] }])).toBeNull();
});
