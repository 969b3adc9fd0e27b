import { expect, test } from "vitest";
import { knownDensity } from "./density";

test("a density that was kept is used", () => {
  expect(knownDensity("compact")).toBe("compact");
});
test("anything else that was kept is the usual density", () => {
  for (const kept of ["", "tiny", "toString"]) expect(knownDensity(kept)).toBe("normal");
});
