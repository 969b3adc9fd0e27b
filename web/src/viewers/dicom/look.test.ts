import { expect, test } from "vitest";
import { lookAddress } from "./look";
import type { StackImage } from "./stack";

const image = (more: Partial<StackImage>): StackImage => ({
  imageId: "wadouri:https://h/api/x/files/f/instances/1.2?version=3",
  sopUid: "1.2",
  sopClass: "1.2.840.10008.5.1.4.1.1.4",
  syntax: "1.2.840.10008.1.2.1",
  frame: null,
  size: 1,
  plane: null,
  ...more,
});

test("plain images are painted by the page, compressed ones by the server, frames and uptake by the library", () => {
  expect(lookAddress(image({}))).toBe("https://h/api/x/files/f/instances/1.2?version=3");
  expect(lookAddress(image({ syntax: null }))).toBe("https://h/api/x/files/f/instances/1.2?version=3");
  expect(lookAddress(image({ syntax: "1.2.840.10008.1.2.4.90" }))).toBe(
    "https://h/api/x/files/f/instances/1.2/picture?version=3",
  );
  expect(lookAddress(image({ frame: 1 }))).toBeNull();
  expect(lookAddress(image({ sopClass: "1.2.840.10008.5.1.4.1.1.128" }))).toBeNull();
  expect(lookAddress(undefined)).toBeNull();
});
