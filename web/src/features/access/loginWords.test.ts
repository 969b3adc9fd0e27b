import { expect, test } from "vitest";
import { ApiError } from "@/api/client";
import { ownPage, problemText, refusalText } from "./loginWords";

test("a login leads to pages of this app only", () => {
  expect(ownPage("/projects?q=a")).toBe("/projects?q=a");
  for (const other of [undefined, "//example.org", "/\\example.org", "https://example.org", "x"])
    expect(ownPage(other)).toBe("/");
});

test("only known problems are told, so that an address cannot put words on the page", () => {
  expect(problemText("oidc_unknown")).toContain("no account");
  expect(problemText("call this number")).toBeNull();
  expect(problemText(undefined)).toBeNull();
});

test("refusals are told in words for people", () => {
  expect(refusalText(new ApiError(401, "x", "access.wrong_login"))).toContain("not right");
  expect(refusalText(new ApiError(401, "x", "access.wrong_code"))).toContain("code");
  expect(refusalText(new ApiError(429, "Too many", "access.too_many_attempts"))).toBe("Too many");
});
