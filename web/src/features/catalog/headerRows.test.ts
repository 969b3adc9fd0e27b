import { expect, test } from "vitest";
import { headerRows, searchRows } from "./headerRows";

const dictionary = {
  PatientID: "00100020LO",
  Modality: "00080060CS",
  ReferencedImageSequence: "00081140SQ",
  ReferencedSOPInstanceUID: "00081155UI",
};
const header = {
  PatientID: "fw://g/p",
  Modality: "MR",
  ImageType: ["ORIGINAL", "PRIMARY"],
  "SIEMENS CSA HEADER 0029,10": "x",
  ReferencedImageSequence: [{ ReferencedSOPInstanceUID: "1.2" }, { ReferencedSOPInstanceUID: "1.3" }],
};
const rows = headerRows(header, dictionary);

test("rows stand in tag order", () => {
  expect(
    rows
      .map((row) => row.tag)
      .filter(Boolean)
      .slice(0, 2),
  ).toEqual(["(0008,0060)", "(0008,1140)"]);
});
test("items of a sequence follow it, one step deeper", () => {
  const uids = rows.filter((row) => row.keyword === "ReferencedSOPInstanceUID");
  expect(uids.map((row) => [row.depth, row.value])).toEqual([
    [1, "1.2"],
    [1, "1.3"],
  ]);
});
test("several values are joined as DICOM writes them", () => {
  expect(rows.find((row) => row.keyword === "ImageType")?.value).toBe("ORIGINAL \\ PRIMARY");
});
test("a private element shows its group and element", () => {
  expect(rows.find((row) => row.keyword.startsWith("SIEMENS"))?.tag).toBe("(0029,xx10)");
});
test("all words must be found, in any column", () => {
  expect(searchRows(rows, "0010 fw").map((row) => row.keyword)).toEqual(["PatientID"]);
  expect(searchRows(rows, "nothing")).toEqual([]);
});
test("every row has its own id", () => {
  expect(new Set(rows.map((row) => row._id)).size).toBe(rows.length);
});
