import { expect, test } from "vitest";
import { conditionWords, listsOf, rowsOf } from "./rule";

const RULE = {
  all: [{ type: "file.type", value: "dicom", regex: false }],
  any: [],
  not: [{ type: "file.name", value: "scout.*", regex: true }],
};

test("what the editor shows in rows goes back into the same lists", () => {
  expect(listsOf(rowsOf(RULE))).toEqual(RULE);
});

test("conditions are said in words", () => {
  expect(conditionWords(RULE)).toEqual([
    "all of: file type is dicom",
    "none of: file name matches /scout.*/",
  ]);
});
