import { expect, test } from "vitest";
import { monthsBefore, signed, totals, type Usage } from "./usage";

const row = (sessions: number, bytes: number): Usage => ({
  files_total_managed_count_end: 1,
  files_total_managed_count_delta: 0,
  managed_data_bytes_end: bytes,
  managed_data_bytes_delta: 0,
  session_count_end: sessions,
  session_count_delta: 0,
});

test("the lines add up", () => {
  expect(totals([row(2, 10), row(3, 5)])).toEqual({ sessions: 5, files: 2, bytes: 15 });
});
test("a year back is the first day of that month, also across the turn of the year", () => {
  expect(monthsBefore(new Date("2026-03-31T12:00:00Z"), 11)).toBe("2025-04-01");
});
test("changes carry their sign", () => {
  expect([signed(3, "3"), signed(-3, "3"), signed(0, "0")]).toEqual(["+3", "−3", ""]);
});
