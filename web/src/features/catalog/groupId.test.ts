import { describe, expect, it } from "vitest";
import { groupIdProblem } from "./groupId";

describe("groupIdProblem", () => {
  it.each(["", "g", "psych", "psych-lab.2", "a@b_c", "x".repeat(64)])("accepts %j", (id) => {
    expect(groupIdProblem(id)).toBeNull();
  });

  it.each([
    ["Psych", "lower case"],
    ["psych lab", "No space here"],
    ["a/b", "No “/” here"],
    ["-psych", "Start and end"],
    ["x".repeat(65), "At most 64"],
  ])("says what is wrong with %j", (id, words) => {
    expect(groupIdProblem(id)).toContain(words);
  });
});
