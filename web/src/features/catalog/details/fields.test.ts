import { expect, test } from "vitest";
import type { Session } from "@/api/types";
import { complaint, fieldsOf, readDetails, stored, typed } from "./fields";

const session = { container_type: "session", label: "v1", age: 1_577_880_000, weight: 61.5 } as Session;

test("an age is read in years and stored in seconds", () => {
  expect(readDetails(session)).toEqual({
    Label: "v1",
    Operator: null,
    "Age (years)": 50,
    "Weight (kg)": 61.5,
  });
  const values = typed("session", { Label: "v1", "Age (years)": "50,5", "Weight (kg)": "" });
  expect(stored("session", values)).toEqual({
    label: "v1",
    operator: null,
    age: 50.5 * 365.25 * 86_400,
    weight: null,
  });
});

test("a label cannot be empty and an age is a number", () => {
  const [label, , age] = fieldsOf("session");
  if (!label || !age) throw new Error("the fields are not there");
  expect(complaint(label, " ")).toBe("This cannot be empty.");
  expect(complaint(age, "old")).toBe("This is a number.");
  expect(complaint(age, "")).toBeNull();
});
