import { expect, it } from "vitest";
import { tokensOf } from "./flyql";

const words = (text: string) => tokensOf(text).map(({ from, to, kind }) => [text.slice(from, to), kind]);

it("colours the words of a query by what they are", () => {
  expect(words('Subject.sex = "fe male" and NOT file.size >= 1e9 Or [x, 2024-01-01]')).toEqual([
    ["Subject.sex", "field"],
    ["=", "operator"],
    ['"fe male"', "string"],
    ["and", "keyword"],
    ["NOT", "keyword"],
    ["file.size", "field"],
    [">=", "operator"],
    ["1e9", "number"],
    ["[", "bracket"],
    [",", "bracket"],
    ["2024-01-01", "number"],
    ["]", "bracket"],
  ]);
});

it("takes a quote that is still open", () => {
  expect(words('subject.code = "ex')).toEqual([
    ["subject.code", "field"],
    ["=", "operator"],
    ['"ex', "string"],
  ]);
});
