import { expect, test } from "vitest";
import type { Manifest } from "@/api/gears";
import { type Candidate, firstChoice } from "./suggest";

const GEAR = {
  inputs: {
    key: { base: "api-key" },
    scan: { base: "file" },
    mask: { base: "file", optional: true },
  },
} as unknown as Manifest;

const file = (name: string, ...fits: string[]): Candidate => ({
  name,
  file_id: name,
  version: 1,
  suggested: { scan: fits.includes("scan"), mask: fits.includes("mask") },
});

const names = (files: Candidate[], wanted?: string) =>
  Object.entries(firstChoice(GEAR, files, wanted)).map(([input, one]) => `${input}=${one.name}`);

test("a needed input gets the only file that fits; people choose among several", () => {
  expect(names([file("a", "scan"), file("b", "mask")])).toEqual(["scan=a"]);
  expect(names([file("a", "scan"), file("b", "scan")])).toEqual([]);
});

test("the file that the gear was started on goes where it fits, else to the first input", () => {
  expect(names([file("a", "scan"), file("b", "scan")], "b")).toEqual(["scan=b"]);
  expect(names([file("a", "scan"), file("b", "mask")], "b")).toEqual(["mask=b", "scan=a"]);
  expect(names([file("a", "scan"), file("b")], "b")).toEqual(["scan=b"]);
});
