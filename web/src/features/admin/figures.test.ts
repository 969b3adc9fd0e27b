import { describe, expect, it } from "vitest";
import { duration, type Figures, percent, totals, type Window } from "./figures";

const window = (uploaded: number, held: number, more: Partial<Window> = {}): Window => ({
  series: { seen: 0, complete: 0, skipped: 0, uploaded, failed: 0, held, abandoned: 0 },
  instances: 10,
  bytes: 0,
  associations: 0,
  rejected: 0,
  success_first_try: uploaded / (uploaded + held),
  success_final: uploaded / (uploaded + held),
  misrouted: {},
  seconds_to_visible: { mean: 30 },
  ...more,
});

const scanner = (one: Window): Figures => ({
  "24h": one,
  "7d": one,
  hours: { start: "2026-01-01T00:00:00Z", instances: [1, 2], series_uploaded: [0, 1], series_failed: [0, 0] },
});

describe("figures of a connector", () => {
  it("weighs the scanners by what they sent", () => {
    const all = totals({
      figures: {
        mr: scanner(window(9, 0, { misrouted: { no_prefix: 1 / 9 } })),
        ct: scanner(window(0, 1, { seconds_to_visible: null })),
      },
    });
    expect(all?.["24h"].success_final).toBeCloseTo(0.9);
    expect(all?.["24h"].misrouted.no_prefix).toBeCloseTo(1 / 9);
    expect(all?.["24h"].seconds_to_visible?.mean).toBe(30);
    expect(all?.hours.instances).toEqual([2, 4]);
  });

  it("says nothing of devices that tell nothing", () => {
    expect(totals({})).toBeNull();
  });

  it("never rounds a failure away", () => {
    expect(percent(1)).toBe("100 %");
    expect(percent(0.99999)).toBe("99.9 %");
    expect(percent(0.95)).toBe("95.0 %");
    expect(percent(0.0001)).toBe("< 0.1 %");
    expect(percent(null)).toBe("–");
  });

  it("tells durations in the unit people use", () => {
    expect([45, 200, 7200].map(duration)).toEqual(["45 s", "3 min", "2 h"]);
  });
});
