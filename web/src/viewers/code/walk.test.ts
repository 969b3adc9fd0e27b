import { expect, test } from "vitest";
import { walked } from "./walk";

const past = ["new", "old"];

test("one walks back to the oldest text and forth to the draft", () => {
  let walk = { text: "draft", draft: "" };
  const seen = ([1, 1, 1, -1, -1, -1] as const).map((step) => {
    walk = walked(past, walk, step);
    return walk.text;
  });
  expect(seen).toEqual(["new", "old", "old", "new", "draft", "draft"]);
});
test("a text that was changed on the way is the next draft", () => {
  const changed = walked(past, { text: "old, changed", draft: "draft" }, 1);
  expect(changed).toEqual({ text: "new", draft: "old, changed" });
  expect(walked(past, changed, -1).text).toBe("old, changed");
});
test("from a query just run one comes to the one before", () => {
  expect(walked(past, { text: "new ", draft: "" }, 1).text).toBe("old");
});
test("without earlier texts nothing happens", () => {
  for (const step of [1, -1] as const)
    expect(walked([], { text: "draft", draft: "" }, step).text).toBe("draft");
});
