import { expect, test } from "vitest";
import { readValue, withPart, writeValue } from "./infoTree";

test("what is typed keeps its kind", () => {
  expect([readValue("3"), readValue("true"), readValue("null"), readValue("T1 w"), readValue("[1]")]).toEqual(
    [3, true, null, "T1 w", [1]],
  );
  expect(readValue('"3"')).toBe("3");
});
test("a text that looks like a number is shown in quotation marks", () => {
  expect(writeValue("3")).toBe('"3"');
  expect(writeValue("T1")).toBe("T1");
  for (const value of ["3", "true", "x", 3, null, true]) expect(readValue(writeValue(value))).toEqual(value);
});
test("a part deep inside is replaced without touching the rest", () => {
  expect(withPart({ a: { b: [1, 2] }, c: 1 }, ["a", "b", 1], 9)).toEqual({ a: { b: [1, 9] }, c: 1 });
});
test("a part is removed from lists and objects", () => {
  expect(withPart({ a: [1, 2] }, ["a", 0], undefined)).toEqual({ a: [2] });
  expect(withPart({ a: { b: 1, c: 2 } }, ["a", "b"], undefined)).toEqual({ a: { c: 2 } });
});
