import { expect, test } from "vitest";
import { ownKeys, readSettings } from "./site";

test("what the server says of itself is not edited", () => {
  expect(ownKeys({ _id: "site", site_name: "X", created: null, center_gears: [] })).toEqual({
    center_gears: [],
  });
});
test("text that is no object is refused in words", () => {
  expect(readSettings("[1]")).toEqual({ problem: "Settings are an object: { … }." });
  expect(readSettings("{")).toHaveProperty("problem");
  expect(readSettings('{"a": 1}')).toEqual({ settings: { a: 1 } });
});
