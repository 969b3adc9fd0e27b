import { describe, expect, it } from "vitest";
import { clashes, difference, merged } from "./infoClash";

const base = { a: 1, b: { x: 1, y: [1, 2] }, c: "old" };

describe("two people edit the same metadata", () => {
  it("sends whole top-level keys, whatever the order inside them", () => {
    expect(difference(base, { a: 1, b: { y: [1, 2], x: 1 }, d: null })).toEqual({
      set: { d: null },
      delete: ["c"],
    });
  });

  it("clashes only where both changed a key to something else", () => {
    const mine = { a: 2, b: { x: 1, y: [1, 2] }, c: "mine" };
    expect(clashes(base, mine, { a: 1, b: { x: 9 }, c: "old" })).toEqual([]);
    expect(clashes(base, mine, { a: 2, b: base.b, c: "theirs" })).toEqual([
      { key: "c", mine: "mine", theirs: "theirs" },
    ]);
    expect(clashes(base, mine, { a: 1, b: base.b })).toEqual([{ key: "c", mine: "mine", theirs: undefined }]);
  });

  it("merges my changes into theirs, save for the keys left to them", () => {
    const mine = { a: 2, c: "mine" };
    const theirs = { a: 3, b: { x: 9 }, c: "theirs" };
    expect(merged(base, mine, theirs)).toEqual({ a: 2, c: "mine" });
    expect(merged(base, mine, theirs, new Set(["a", "b"]))).toEqual({ a: 3, b: { x: 9 }, c: "mine" });
  });
});
