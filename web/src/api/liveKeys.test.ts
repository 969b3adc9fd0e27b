import { expect, test } from "vitest";
import { showsJobs } from "./liveKeys";

test("a job that changed refreshes its page and lists of jobs, nothing else", () => {
  const changed = new Set(["a"]);
  const shown = [
    ["live", "jobs", "a"],
    ["live", "/jobs", { page: 1 }],
    ["live", "batch", "b"],
    ["live", "lineage", "file", "f", 3, null],
  ];
  const other = [
    ["live", "jobs", "b"],
    ["live", "projects", "p"],
    ["live", "/projects/p/sessions", {}],
    ["live", "search", {}],
  ];
  expect(shown.filter((key) => !showsJobs(key, changed))).toEqual([]);
  expect(other.filter((key) => showsJobs(key, changed))).toEqual([]);
});
