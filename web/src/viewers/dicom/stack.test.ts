import { expect, test } from "vitest";
import type { Instance } from "@/api/types";
import { directionLetters, edgeLetters, presetsOf, stackImages } from "./stack";

const instance = (sop_uid: string, more: Partial<Instance> = {}): Instance => ({
  sop_uid,
  sop_class_uid: "",
  number: 1,
  position: null,
  orientation: null,
  frames: 1,
  rows: 4,
  columns: 4,
  transfer_syntax: "",
  ...more,
});

test("each frame of a multi-frame instance is an image of its own", () => {
  const images = stackImages(
    [instance("1.2"), instance("1.3", { frames: 2 })],
    (uid) => `/x/${uid}?version=1`,
  );
  expect(images.map((image) => image.imageId)).toEqual([
    "wadouri:/x/1.2?version=1",
    "wadouri:/x/1.3?version=1&frame=1",
    "wadouri:/x/1.3?version=1&frame=2",
  ]);
});
test("instances without pixels are left out", () => {
  expect(stackImages([instance("1.2", { rows: 0 })], (uid) => uid)).toEqual([]);
});
test("an axial image has the patient's right at the left", () => {
  expect(edgeLetters([1, 0, 0], [0, 1, 0])).toEqual({ left: "R", right: "L", top: "A", bottom: "P" });
});
test("an oblique direction names its strongest axis first", () => {
  expect(directionLetters([0.4, 0.9, 0.1])).toBe("PL");
});
test("only modalities with a fixed scale have presets", () => {
  expect(presetsOf("CT").length).toBeGreaterThan(3);
  expect(presetsOf("MR")).toEqual([]);
});
