import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Keeper, type Saving } from "./keeper";

const WAIT_MS = 800;

/** A desk on which something is written, and where it is kept. */
function made(problems: Error[] = []) {
  const desk = { now: "", kept: "", published: "", writes: 0, said: [] as Saving[] };
  const write = async () => {
    const text = desk.now;
    desk.writes += 1;
    await new Promise((done) => setTimeout(done, 100));
    const problem = problems.shift();
    if (problem) throw problem;
    desk.kept = text;
  };
  const keeper = new Keeper(write, WAIT_MS, (saving) => desk.said.push(saving));
  const type = (text: string) => {
    desk.now = text;
    keeper.later();
  };
  const publish = () =>
    keeper.after(async () => {
      desk.published = desk.kept;
    });
  return { desk, keeper, type, publish };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("what changes quickly is written once", async () => {
  const { desk, keeper, type } = made();
  type("a");
  await vi.advanceTimersByTimeAsync(WAIT_MS / 2);
  type("ab");
  expect(keeper.busy).toBe(true);
  await vi.advanceTimersByTimeAsync(WAIT_MS * 2);
  expect(desk).toMatchObject({ kept: "ab", writes: 1, said: ["saving", "saved"] });
  expect(keeper.busy).toBe(false);
});

test("a version holds what changed a moment ago, and what was being written", async () => {
  const { desk, type, publish } = made();
  type("a");
  await vi.advanceTimersByTimeAsync(WAIT_MS + 50);
  type("ab");
  void publish();
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  expect(desk).toMatchObject({ published: "ab", writes: 2 });
});

test("nothing is written where nothing changed", async () => {
  const { desk, keeper } = made();
  await expect(keeper.now()).resolves.toBe(true);
  expect(desk).toMatchObject({ writes: 0, said: [] });
});

test("what could not be kept makes no version, is told, and is kept when tried again", async () => {
  const problem = new Error("no network");
  const { desk, keeper, type, publish } = made([problem]);
  type("a");
  void publish();
  await vi.advanceTimersByTimeAsync(WAIT_MS * 2);
  expect(desk).toMatchObject({ published: "", kept: "", said: ["saving", problem] });
  expect(keeper.busy).toBe(true);
  void keeper.now();
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  expect(desk.kept).toBe("a");
  expect(keeper.busy).toBe(false);
});
