import { expect, test } from "vitest";
import type { Notification } from "@/api/types";
import { addressOf, isNew, wordsOf } from "./notifications";

const failed: Notification = {
  kind: "jobs_failed",
  at: "2026-03-01T10:00:00.000001+00:00",
  count: 1,
  place: { level: "project", id: "p", label: "Knees" },
  job: { id: "j", gear: "dicom-qc", reason: "exit 3" },
  batch: null,
  by: null,
};
const granted: Notification = {
  ...failed,
  kind: "access_granted",
  job: null,
  by: "Ada Reader",
  place: { level: "group", id: "lab one", label: "Lab" },
};

test("one failed job leads to the job, several to their batch", () => {
  expect(wordsOf(failed)).toBe("dicom-qc failed in Knees");
  expect(addressOf(failed)).toBe("/jobs/j");
  const several = { ...failed, count: 3, batch: "b" };
  expect(wordsOf(several)).toBe("3 runs of dicom-qc failed in Knees");
  expect(addressOf(several)).toBe("/batch/b");
});
test("who is let in is led there", () => {
  expect(wordsOf(granted)).toBe("Ada Reader let you into the group Lab");
  expect(addressOf(granted)).toBe("/groups/lab%20one");
  expect(addressOf({ ...granted, place: failed.place })).toBe("/projects/p");
});
test("what came after what was seen is new", () => {
  expect(isNew(failed, null)).toBe(true);
  expect(isNew(failed, "2026-03-01T09:59:59+00:00")).toBe(true);
  expect(isNew(failed, failed.at)).toBe(false);
});
