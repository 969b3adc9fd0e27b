import { expect, test } from "vitest";
import type { Instance } from "@/api/types";
import { blocksOf } from "./blocks";
import { fillCells, readCells, readLayout, writeCells } from "./layout";
import { nearest } from "./prefetch";
import { presetsOf } from "./presets";
import { directionLetters, edgeLetters, follow, isVolume, scaleBar, stackImages } from "./stack";

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
  size: 0,
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

const slices = (depths: number[], orientation = [1, 0, 0, 0, 1, 0], axis = 2) =>
  stackImages(
    depths.map((depth, at) => {
      const position = [0, 0, 0];
      position[axis] = depth;
      return instance(`1.${at}`, { position, orientation });
    }),
    (uid) => uid,
  );

test("a linked stack follows to the nearest place in the patient, whatever its number or order", () => {
  const thick = slices([0, 10, 20, 30]);
  const thin = slices([32, 28, 24, 20, 16, 12, 8, 4, 0]);
  expect(follow(thick, 2, thin)).toBe(3);
  expect(follow(thin, 1, thick)).toBe(3);
});
test("crossing stacks do not follow; stacks without geometry follow by their share", () => {
  const sagittal = slices([0, 10, 20], [0, 1, 0, 0, 0, -1], 0);
  expect(follow(slices([0, 1]), 1, sagittal)).toBeNull();
  const plain = stackImages(
    [1, 2, 3, 4, 5].map((at) => instance(`2.${at}`)),
    (uid) => uid,
  );
  expect(follow(slices([0, 1, 2]), 1, plain)).toBe(2);
  expect(follow(plain, 4, [])).toBeNull();
});
test("only parallel images at even distances are a volume", () => {
  expect(isVolume(slices([6, 4, 2, 0]))).toBe(true);
  expect(isVolume(slices([0, 2, 4, 9]))).toBe(false);
  expect(isVolume(slices([0, 2, 2, 4]))).toBe(false);
  expect(isVolume([...slices([0, 2, 4]), ...slices([6], [0, 1, 0, 0, 0, -1])])).toBe(false);
});
test.each([
  [0.5, 50],
  [0.17, 20],
  [1, 100],
  [0.01, 1],
])("a scale of %d mm a pixel has a bar of %d mm", (pixel, length) => {
  expect(scaleBar(pixel)).toBe(length);
});
test("what lies nearest to the shown image is fetched first", () => {
  const blocks = [[0, 1], [2, 3, 4], [5]];
  expect(nearest(blocks, 3)).toBe(blocks[1]);
  expect(nearest([[0, 1], [5]], 4)).toEqual([5]);
  expect(nearest([], 8)).toBeUndefined();
});
test("small images are fetched many at a time, frames of an instance by themselves", () => {
  const many = Array.from({ length: 20 }, (_, at) => instance(`1.${at}`, { size: 1000 }));
  const large = [instance("2.1", { size: 3_000_000 }), instance("2.2", { size: 3_000_000 })];
  const images = stackImages([...many, ...large, instance("3", { frames: 3 })], (uid) => uid);
  expect(blocksOf(images).map((block) => block.length)).toEqual([16, 5, 1, 3]);
});
test("an address names the layout and what hangs where; nonsense is one picture", () => {
  expect(readLayout("2x3")).toEqual({ rows: 2, columns: 3, planes: null });
  expect(readLayout("9x9")).toEqual({ rows: 1, columns: 1, planes: null });
  expect(readCells("a,-,c", 4, "x")).toEqual(["a", null, "c", null]);
  expect(readCells(undefined, 2, "x")).toEqual(["x", null]);
  expect(writeCells(["a", null])).toBe("a,-");
});
test("a larger layout is filled with series that are not shown yet", () => {
  expect(fillCells(["b"], 4, ["a", "b", "c"])).toEqual(["b", "a", "c", null]);
  expect(fillCells(["b", "a"], 1, ["a", "b"])).toEqual(["b"]);
});
