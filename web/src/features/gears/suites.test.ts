import { expect, test } from "vitest";
import type { Gear } from "@/api/gears";
import { bySuite } from "./suites";

const gear = (name: string, suite?: string) =>
  ({
    category: "utility",
    gear: { name, label: name, custom: suite ? { flywheel: { suite } } : {} },
  }) as Gear;

const GEARS = [gear("zip"), gear("brain-mask", "Image processing"), gear("curate", "BIDS")];

test("gears stand by suite, those without one at the end", () => {
  expect(bySuite(GEARS, "").map(([suite]) => suite)).toEqual(["BIDS", "Image processing", "Other"]);
});

test("every word has to be found, in the suite's name too", () => {
  expect(bySuite(GEARS, "image BRAIN").map(([suite]) => suite)).toEqual(["Image processing"]);
  expect(bySuite(GEARS, "brain bids")).toEqual([]);
});
