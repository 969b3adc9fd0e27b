import { expect, test } from "vitest";
import { linesOf, type Requirement } from "./checklist";

const rule = (part: Partial<Requirement>): Requirement => ({
  label: "T1w",
  tags: null,
  minimum: 1,
  maximum: null,
  found: 0,
  met: false,
  ...part,
});

test("a requirement is said with what was found", () => {
  const templates = [
    { matches: true, met: false, acquisitions: [rule({}), rule({ minimum: 2, maximum: 2, found: 1 })] },
  ];
  expect(linesOf({ templates }).map((line) => line.words)).toEqual(["T1w: 0 of 1 or more", "T1w: 1 of 2"]);
});
test("of several templates the one nearest to being met is told", () => {
  const far = { matches: true, met: false, acquisitions: [rule({}), rule({ label: "bold" })] };
  const near = { matches: true, met: false, acquisitions: [rule({ met: true }), rule({ label: "dwi" })] };
  const other = { matches: false, met: false, acquisitions: [] };
  const open = linesOf({ templates: [far, other, near] }).filter((line) => !line.met);
  expect(open).toEqual([{ met: false, words: "dwi: 0 of 1 or more" }]);
  expect(linesOf({ templates: [other] })[0]?.met).toBe(false);
});
