import { describe, expect, test } from "vitest";
import { age, ago, bytes, dateTime, middleCut } from "./format";

describe("words for numbers", () => {
  test("bytes take the largest fitting unit", () => {
    expect([0, 999, 1500, 123_456_789, 5e12].map(bytes)).toEqual([
      "0 B",
      "999 B",
      "1.5 kB",
      "123 MB",
      "5.0 TB",
    ]);
    expect(bytes(999_600)).toBe("1.0 MB");
  });
  test("ages below two years are shown in months, below two months in days", () => {
    expect(age(1_830_340_800)).toBe("58 y");
    expect(age(86_400 * 200)).toBe("6 mo");
    expect(age(86_400 * 10)).toBe("10 d");
    expect(age(null)).toBe("");
  });
  test("recent times are relative", () => {
    const now = Date.parse("2020-01-08T00:00:00Z");
    expect(ago("2020-01-07T23:59:50Z", now)).toBe("just now");
    expect(ago("2020-01-07T20:00:00Z", now)).toBe("4 h ago");
  });
  test("unreadable times are empty", () => {
    expect(dateTime("not a time")).toBe("");
  });
  test("long labels keep both ends", () => {
    expect(middleCut("abcdefghij", 5)).toBe("ab…ij");
  });
});
