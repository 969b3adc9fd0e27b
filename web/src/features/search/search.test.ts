import { expect, it } from "vitest";
import { shown } from "./fields";
import { stateOf } from "./saved";
import { askedFor, only } from "./search";

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
  const state = { ...STATE, picked: { "file.type": ["dicom", "null"] } };
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
