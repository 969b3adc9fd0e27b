import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Grid, packLabels, unpackLabels } from "./labelVolume";
import { nextSegment, type Segment } from "./segment";
import { Strokes } from "./strokes";

const grid: Grid = {
  size: [3, 2, 2],
  column: [0.5, 0, 0],
  row: [0, 0.7, 0],
  slice: [0, 0, 2],
  origin: [-10, 20, 30],
};

describe("labels as a volume", () => {
  it("is NIfTI with the patient's directions turned, and reads back", async () => {
    const voxels = Uint8Array.from({ length: 12 }, (_, at) => at);
    const packed = await packLabels(voxels, grid);
    const bytes = gunzipSync(Buffer.from(await packed.arrayBuffer()));
    expect(bytes.subarray(344, 347).toString()).toBe("n+1");
    const affine = [280, 296, 312].map((start) => [0, 4, 8, 12].map((at) => bytes.readFloatLE(start + at)));
    expect(affine.map((row) => row.map((value) => Math.round(value * 10) / 10 + 0))).toEqual([
      [-0.5, 0, 0, 10],
      [0, -0.7, 0, -20],
      [0, 0, 2, 30],
    ]);
    expect(await unpackLabels(packed, grid)).toEqual(voxels);
  });

  it("of other images is refused", async () => {
    const packed = await packLabels(new Uint8Array(12), grid);
    await expect(unpackLabels(packed, { ...grid, size: [2, 3, 2] })).rejects.toThrow("other images");
  });
});

describe("strokes", () => {
  it("go back and forth by whole strokes, over several slices", () => {
    const voxels = new Uint8Array(8);
    const strokes = new Strokes(voxels, 4);
    voxels.fill(1, 0, 2);
    strokes.touch([0]);
    voxels.fill(2, 4, 6);
    strokes.touch([1]);
    expect(strokes.commit()).toBe(true);
    voxels[0] = 3;
    strokes.touch([0]);
    strokes.commit();
    expect([1, 2, 3].map((value) => strokes.count(value))).toEqual([1, 2, 1]);
    expect(strokes.undo()).toEqual([0]);
    expect(strokes.count(1)).toBe(2);
    expect([...voxels]).toEqual([1, 1, 0, 0, 2, 2, 0, 0]);
    expect(strokes.undo()).toEqual([0, 1]);
    expect(voxels.every((voxel) => voxel === 0)).toBe(true);
    strokes.redo();
    strokes.redo();
    expect([...voxels]).toEqual([3, 1, 0, 0, 2, 2, 0, 0]);
    expect(strokes.mayRedo).toBe(false);
  });

  it("that change nothing are none, and what was loaded is not undone", () => {
    const strokes = new Strokes(Uint8Array.from([1, 0]), 2);
    strokes.touch([0]);
    expect(strokes.commit()).toBe(false);
    expect(strokes.undo()).toEqual([]);
  });
});

it("a new label takes the first free number", () => {
  const one = { value: 1, label: "a", color: "#000000", visible: true } satisfies Segment;
  expect(nextSegment([one, { ...one, value: 3 }])?.value).toBe(2);
  expect(nextSegment(Array.from({ length: 255 }, (_, at) => ({ ...one, value: at + 1 })))).toBeNull();
});
