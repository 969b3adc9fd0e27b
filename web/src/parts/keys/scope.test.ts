import { expect, test } from "vitest";
import { actionsOf, endOf, scopeWords } from "./scope";

const ALL = ["containers_view_metadata", "files_download", "files_create_bulk", "tags_manage"];

test("a key for reading holds what reads, and nothing that writes", () => {
  expect(actionsOf("read", ALL, [])).toEqual(["containers_view_metadata", "files_download"]);
});
test("without a limit no actions are named, so that rights gained later count", () => {
  expect(actionsOf("all", ALL, ["tags_manage"])).toBeNull();
});
test("limits are told in a few words", () => {
  expect(scopeWords({ scope: null })).toBe("");
  expect(scopeWords({ scope: { projects: ["a", "b"], actions: null } })).toBe("2 projects");
  expect(scopeWords({ scope: { projects: ["a"], actions: ["files_download"] } })).toBe(
    "1 project, reads only",
  );
  expect(scopeWords({ scope: { projects: null, actions: ["tags_manage"] } })).toBe("1 action");
});
test("a key works to the end of its last day", () => {
  expect(endOf("")).toBeNull();
  expect(new Date(endOf("2030-01-02") ?? "").getHours()).toBe(23);
});
