import { describe, expect, it } from "vitest";
import { opened } from "./complete";

describe("where any value may follow", () => {
  it.each([
    ["subject.sex = ", true],
    ["subject.label contains ", true],
    ["file.type IN [", true],
    ["file.type IN [dicom, ", true],
    ["subject.sex = fe", false],
    ["subject.sex ", false],
    ["subject.sex = male AND ", false],
    ["file.type IN [dicom] ", false],
    ["HAS file (", false],
  ])("%j: %s", (text, follows) => {
    expect(opened(text)).toBe(follows ? `${text}"` : text);
  });
});
