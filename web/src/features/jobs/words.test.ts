import { expect, test } from "vitest";
import type { Job } from "@/api/jobs";
import { lasted, span } from "./words";

test("spans are said in the two largest units", () => {
  expect([span(0.4), span(59), span(200), span(7500)]).toEqual(["0 s", "59 s", "3 min 20 s", "2 h 5 min"]);
});

test("a run lasts from its start to its end, or until now", () => {
  const job = (state: Job["state"], transitions: Job["transitions"]) => ({ state, transitions }) as Job;
  const running = "2030-01-01T10:00:00Z";
  expect(lasted(job("failed", { running, failed: "2030-01-01T10:00:05Z" }))).toBe("5 s");
  expect(lasted(job("running", { running }), Date.parse("2030-01-01T10:01:00Z"))).toBe("1 min 0 s");
  expect(lasted(job("pending", {}))).toBe("");
});
