import { describe, expect, it } from "vitest";
import { flagWords, partsText, reasonWords, routingString } from "./routingWords";

describe("routing words", () => {
  it("names reasons and flags, also those of a newer server", () => {
    expect(reasonWords("group_not_found")).toBe("no such group");
    expect(reasonWords(null)).toBe("nothing was typed");
    expect(reasonWords("something_new")).toBe("something new");
    expect(flagWords("some_flag")).toBe("some flag");
  });

  it("joins the parts and leaves out what is missing at the end", () => {
    expect(partsText({ group: "psych", project: "study01", subject: null })).toBe("psych/study01");
    expect(partsText({ group: "psych", project: null, subject: "s9" })).toBe("psych//s9");
    expect(partsText({})).toBe("");
    expect(routingString("psych", "Study 01")).toBe("fw://psych/Study 01");
  });
});
