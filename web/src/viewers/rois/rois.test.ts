import { expect, test } from "vitest";
import { asCsv, asJson } from "./export";
import { commit, EMPTY, load, redo, undo } from "./history";
import { measure, type Roi } from "./roi";

const roi = (id: string, more: Partial<Roi> = {}): Roi => ({
  id,
  tool: "length",
  label: "",
  comment: "",
  ref: { file_id: "f", version: 1, sop_uid: "1.2", frame: 1, frame_of_reference_uid: "1.9" },
  points: [
    [0, 0, 0],
    [3, 4, 0],
  ],
  closed: false,
  normal: null,
  up: null,
  stats: {},
  ...more,
});

test("steps are undone and done again, and a new one ends the way forth", () => {
  const two = commit(commit(EMPTY, [roi("a")]), [roi("a"), roi("b")]);
  const back = undo(two);
  expect(back.present).toEqual([roi("a")]);
  expect(redo(back)).toEqual(two);
  expect(redo(commit(back, [roi("c")])).present).toEqual([roi("c")]);
  expect(undo(EMPTY)).toEqual(EMPTY);
});
test("numbers computed anew are no step", () => {
  const once = commit(EMPTY, [roi("a")]);
  const measured = commit(once, [roi("a", { stats: { length_mm: 5 } })]);
  expect(measured.past).toHaveLength(1);
  expect(measured.present[0]?.stats).toEqual({ length_mm: 5 });
});
test("undo does not take away what was loaded meanwhile", () => {
  const drawn = load(commit(EMPTY, [roi("a")]), [roi("old")]);
  expect(undo(drawn).present).toEqual([roi("old")]);
  expect(load(drawn, [roi("old")]).present).toHaveLength(2);
});
test("a region tells what it measures", () => {
  expect(measure(roi("a", { stats: { area_mm2: 1764, mean: 12.34 } }))).toBe("1764 mm² · mean 12.3");
  expect(measure(roi("a"))).toBe("");
});
test("CSV holds every region, quotes, and runs nothing in a spreadsheet", () => {
  const [, line] = asCsv([roi("a", { label: "=1+1", comment: 'a "b", c', stats: { length_mm: 5 } })]).split(
    "\n",
  );
  expect(line).toBe(`a,length,'=1+1,"a ""b"", c",f,1,1.2,1,5,,,,,,,,`);
});
test("JSON is the canonical form", () => {
  expect(JSON.parse(asJson([roi("a")]))).toEqual({ schema: "treadle.roi/1", rois: [roi("a")] });
});
