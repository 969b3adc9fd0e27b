import { describe, expect, test } from "vitest";
import { allOf, between, contains, equals, oneOf } from "./filters";

describe("filter texts", () => {
  test("a search text is taken literally and without case", () => {
    expect(contains("label", "a.b (c)")).toBe('label=~"(?i)a\\.b \\(c\\)"');
  });
  test("a quotation mark cannot end the value", () => {
    expect(equals("label", 'x",y=1')).toBe('label="x\\",y=1"');
    expect(contains("label", '\\"')).toBe('label=~"(?i)\\\\\\""');
  });
  test("lists quote each item", () => {
    expect(oneOf("_id", ["a", "b,c"])).toBe('_id=|["a","b,c"]');
  });
  test("a range of days includes the last day", () => {
    expect(between("timestamp", "2020-01-01", "2020-01-31")).toEqual([
      "timestamp>=2020-01-01",
      "timestamp<=2020-01-31T23:59:59.999",
    ]);
  });
  test("nothing to ask is no filter", () => {
    expect(allOf(undefined, "", false)).toBeUndefined();
    expect(allOf("a=1", null, "b=2")).toBe("a=1,b=2");
  });
});
