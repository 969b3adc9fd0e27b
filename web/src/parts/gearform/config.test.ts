import { expect, test } from "vitest";
import type { Manifest, Option } from "@/api/gears";
import { draftOf, readDraft } from "./config";

const manifest = (config: Record<string, Option>) => ({ config, inputs: {} }) as unknown as Manifest;

const GEAR = manifest({
  speed: { type: "integer", default: 2, minimum: 1, maximum: 9 },
  debug: { type: "boolean", default: true },
  mode: { type: "string", enum: ["fast", "exact"], default: "fast" },
  note: { type: "string", optional: true },
  sizes: { type: "array", items: { type: "number" }, optional: true },
  title: { type: "string" },
});

test("the form opens with defaults, and with what is set already", () => {
  expect(draftOf(GEAR, { speed: 5, sizes: [1, 2.5] })).toEqual({
    speed: "5",
    debug: true,
    mode: "fast",
    note: "",
    sizes: "1\n2.5",
    title: "",
  });
});

test("values get the types of their options; what was not given is absent", () => {
  const draft = { ...draftOf(GEAR), debug: false, sizes: " 3\n\n4 ", title: "x" };
  expect(readDraft(GEAR, draft)).toEqual({
    config: { speed: 2, debug: false, mode: "fast", sizes: [3, 4], title: "x" },
    problems: {},
  });
});

test.each([
  ["speed", "fast", "This is not a number."],
  ["speed", "1.5", "This is not a whole number."],
  ["speed", "0", "At least 1."],
  ["speed", "10", "At most 9."],
  ["mode", "slow", "Choose one of the list."],
  ["sizes", "1\nx", "This is not a number."],
  ["title", " ", "A value is needed."],
])("%s: %j is refused beside its field", (name, text, problem) => {
  const { problems } = readDraft(GEAR, { ...draftOf(GEAR), title: "x", [name]: text });
  expect(problems).toEqual({ [name]: problem });
});
