import { describe, expect, it } from "vitest";
import { choicesAt, type Schema, spotOf } from "./schema";

const SCHEMA: Schema = {
  properties: {
    treadle: { properties: { preset: { enum: ["none", "research"] }, mark: { type: "boolean" } } },
    dicom: {
      properties: { fields: { items: { $ref: "#/$defs/rule" } }, salt: { description: "Put before." } },
    },
  },
  $defs: {
    rule: { anyOf: [{ properties: { name: {}, remove: { const: true } } }, { properties: { hash: {} } }] },
  },
};

const labels = (text: string) => choicesAt(SCHEMA, spotOf(text)).map((one) => one.label);

describe("what may be typed in a profile", () => {
  it.each([
    ["tr", ["treadle", "dicom"]],
    ["name: x\ndicom:\n  sa", ["fields", "salt"]],
    ["treadle:\n  preset: ", ["none", "research"]],
    ["treadle: {preset: ", ["none", "research"]],
    ["treadle: {preset: research, ", ["preset", "mark"]],
    ["dicom:\n  salt: a\ntreadle:\n  mark: ", ["true", "false"]],
    ["dicom:\n  fields:\n    - na", ["name", "remove", "hash"]],
    ["dicom:\n  fields:\n    - name: A\n      re", ["name", "remove", "hash"]],
    ["dicom:\n  fields:\n    - {name: A, remove: ", ["true"]],
    ["dicom:\n  fields:\n    - {name: A, remove: true}\n  sa", ["fields", "salt"]],
  ])("%j", (text, expected) => {
    expect(labels(text)).toEqual(expected);
  });
});
