import { expect, test } from "vitest";
import { previewKind } from "./kinds";

test.each([
  ["brain.nii.gz", "volume"],
  ["BRAIN.NII", "volume"],
  ["scores.v2.tsv", "table"],
  ["scores.csv.gz", "table"],
  ["report.pdf", "pdf"],
  ["README", "bytes"],
  ["weights.gz", "bytes"],
  ["run.log", "text"],
])("%s is shown as %s", (name, kind) => {
  expect(previewKind({ name, type: null })).toBe(kind);
});
test("what the server calls DICOM is DICOM, whatever its name", () => {
  expect(previewKind({ name: "1.zip", type: "dicom" })).toBe("dicom");
});
