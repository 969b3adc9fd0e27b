import { expect, test } from "vitest";
import { problemOf, tidy } from "./template";

test("empty fields are not sent, unknown ones are kept", () => {
  const drawn = {
    session: { label: "", subject: {} },
    acquisitions: [{ label: "T1", minimum: 0, extra: 1 }],
  };
  expect(tidy(drawn)).toEqual({ acquisitions: [{ label: "T1", minimum: 0, extra: 1 }] });
});
test("a template that says nothing, or asks for less than its least, is not saved", () => {
  expect(problemOf([{ session: { label: "" }, acquisitions: [] }])).toContain("says nothing");
  expect(problemOf([{ acquisitions: [{ minimum: 2, maximum: 1 }] }])).toContain("at most");
  expect(problemOf([{ acquisitions: [{ minimum: 1, files: [{ minimum: 1 }] }] }])).toBeNull();
});
