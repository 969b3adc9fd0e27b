import { expect, test } from "vitest";
import type { Action } from "@/api/types";
import { changes, neededBy, tick, untick } from "./actionSet";

const action = (name: string, ...implies: string[]): Action => ({
  action: name,
  label: name,
  group: "files",
  required: false,
  implies,
});
const all = [action("look"), action("download", "look"), action("share", "download"), action("alone")];

test("ticking an action ticks what it needs, all the way", () => {
  expect([...tick(new Set(["alone"]), "share", all)].sort()).toEqual(["alone", "download", "look", "share"]);
});
test("unticking an action unticks what needs it, all the way", () => {
  expect([...untick(new Set(["alone", "download", "look", "share"]), "look", all)]).toEqual(["alone"]);
});
test("the reason why an action is ticked is known", () => {
  expect(neededBy(new Set(["download", "look"]), "look", all).map((one) => one.action)).toEqual(["download"]);
});
test("a difference tells what came and what went", () => {
  expect(changes(new Set(["a", "b"]), new Set(["b", "c"]))).toEqual({ added: ["c"], removed: ["a"] });
});
