import { expect, it } from "vitest";
import { columnsOf, shown } from "./fields";
import { stateOf } from "./saved";
import { askedFor, only } from "./search";
import { answerOf } from "./sites";

const STATE = {
  q: "subject.sex = female",
  kind: "file",
  picked: { "file.type": ["dicom", "null"] },
  from: "2024-01-01",
  youngest: "20.5",
} as const;

it("asks for what the address says", () => {
  expect(askedFor({ ...STATE, picked: { "file.type": ["dicom", "null"] } })).toMatchObject({
    return_type: "file",
    structured_query: "subject.sex = female",
    filters: [
      { terms: { "file.type": ["dicom", "null"] } },
      { range: { "session.timestamp": { gte: "2024-01-01" } } },
      { range: { "session.age_in_years": { gte: 20.5 } } },
    ],
  });
  expect(askedFor({})).not.toHaveProperty("filters");
});

it("gives a saved query its address back", () => {
  const places = { sites: ["home", "a1"], all: "yes" };
  const state = { ...STATE, ...places, picked: { "file.type": ["dicom", "null"] } };
  const parent = { type: "user", id: "me" } as const;
  const saved = { _id: "1", label: "x", description: null, parent, search: askedFor(state) };
  expect(stateOf(saved)).toMatchObject({ ...state, saved: "1" });
});

it("narrows a search down to picked objects", () => {
  const asked = askedFor({ ...STATE, picked: { "file.type": ["dicom"] } });
  expect(only(asked, ["a", "b"]).filters?.at(-1)).toEqual({ ids: { values: ["a", "b"] } });
});

it("shows values as people read them", () => {
  expect(shown("file.size", 1_500_000)).toBe("1.5 MB");
  expect(shown("session.tags", ["a", "b"])).toBe("a, b");
  expect(shown("session.satisfies_template", false)).toBe("no");
  expect(shown("file.info.x", { a: 1 })).toBe('{"a":1}');
  expect(shown("subject.sex", null)).toBe("");
});

it("says how each site answered", () => {
  const answer = { label: "East", status: "ok", total: 10_000, total_relation: "gte", ms: 5 } as const;
  expect(answerOf(answer)).toBe("10,000+");
  expect(answerOf({ ...answer, status: "timeout", total: null, total_relation: null })).toBe(
    "did not answer in time",
  );
});

it("shows what a site says of a column it tells no values of", () => {
  const row = { _id: "1", _source: { subject: { _id: "2", label: "ada" } } };
  const [column] = columnsOf(["subject.label"]);
  expect(column?.cell(row)).toBe("ada");
  expect(column?.cell({ ...row, values: ["bob"] })).toBe("bob");
});
