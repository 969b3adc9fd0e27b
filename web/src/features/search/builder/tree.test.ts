import { describe, expect, it } from "vitest";
import type { Json } from "@/api/types";
import { compare, fromTree, toTree } from "./tree";

const bare = (text: string) => ({ text, quoted: false });
const sex = { op: "=", field: "subject.sex", value: bare("female") };
const old = { op: ">=", field: "session.age_in_years", value: bare("65") };

describe("a query as rows", () => {
  it.each<[string, Json]>([
    ["one comparison", sex],
    ["all of several", { op: "and", args: [sex, old] }],
    ["a group in a group", { op: "or", args: [old, { op: "and", args: [sex, old] }] }],
    [
      "a turned list",
      { op: "not", arg: { op: "in", field: "file.type", values: [bare("dicom"), bare("nifti")] } },
    ],
    ["nothing there", { op: "not", arg: { op: "exists", field: "subject.species" } }],
    ["a flag", { op: "is", field: "session.satisfies_template", value: "false" }],
    ["a text that looks like a number", { ...sex, value: { text: "1001", quoted: true } }],
  ])("%s comes back as it was", (_, ast) => {
    const rows = fromTree(ast);
    expect(rows).not.toBeNull();
    expect(rows && toTree(rows)).toEqual(ast);
  });

  it.each<[string, Json]>([
    ["a sub-query", { op: "has", entity: "file", arg: sex }],
    ["elements of a list", { op: "has", field: "file.roi", arg: sex }],
    ["a turned group", { op: "not", arg: { op: "or", args: [sex, old] } }],
    ["a sub-query among others", { op: "and", args: [sex, { op: "has", entity: "file", arg: sex }] }],
  ])("%s is for the text alone", (_, ast) => {
    expect(fromTree(ast)).toBeNull();
  });

  it("leaves unfinished rows out", () => {
    const empty = { field: "", op: "=", not: false, values: [], quoted: false };
    expect(toTree({ join: "and", items: [empty] })).toBeNull();
    const rows = fromTree(sex);
    expect(rows && toTree({ ...rows, items: [...rows.items, empty] })).toEqual(sex);
  });

  it("keeps the value when the comparison changes", () => {
    const row = { field: "subject.sex", op: "=", not: false, values: ["male"], quoted: false };
    expect(compare(row, "not in")).toEqual({ ...row, op: "in", not: true });
    expect(compare(compare(row, "is false"), "=").values).toEqual([]);
  });
});
