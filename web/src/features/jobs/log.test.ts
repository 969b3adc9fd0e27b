import { expect, test } from "vitest";
import { EMPTY_LOG, grown, type LogRecord } from "./log";

const line = (msg: string): LogRecord => ({ fd: 1, msg });

test("a log grows at its end, each record with a key of its own", () => {
  const log = grown(grown(EMPTY_LOG, [line("a")]), [line("b"), line("c")]);
  expect(log.records.map((one) => [one.key, one.msg])).toEqual([
    [0, "a"],
    [1, "b"],
    [2, "c"],
  ]);
  expect(log.cut).toBe(false);
});

test("of a long log the end is kept", () => {
  const log = grown(EMPTY_LOG, [line("old"), line("x".repeat(399_999)), line("y")]);
  expect(log.records.map((one) => one.msg[0])).toEqual(["x", "y"]);
  expect(log.cut).toBe(true);
});

test("a record longer than the page holds is shown all the same", () => {
  expect(grown(EMPTY_LOG, [line("x".repeat(500_000))]).records).toHaveLength(1);
});
