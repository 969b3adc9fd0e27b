import { describe, expect, it } from "vitest";
import { fileNames, withoutSystemFiles } from "./names";

describe("names of uploaded files", () => {
  it("are those of the files, without folders", () => {
    expect(fileNames(["a.dcm", "T1/b.dcm"])).toEqual(["a.dcm", "b.dcm"]);
  });
  it("hold the folders when a name comes twice", () => {
    expect(fileNames(["s/run1/bold.nii", "s/run2/bold.nii", "s/notes.txt"])).toEqual([
      "s_run1_bold.nii",
      "s_run2_bold.nii",
      "notes.txt",
    ]);
  });
  it("leave out what the system put there", () => {
    const paths = [".DS_Store", "a/Thumbs.db", "__MACOSX/a/b.dcm", "a/.git/config", "a/b.dcm", "a.b/c"];
    const kept = withoutSystemFiles(paths.map((path) => ({ path })));
    expect(kept.map(({ path }) => path)).toEqual(["a/b.dcm", "a.b/c"]);
  });
});
