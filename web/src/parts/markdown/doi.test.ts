import { fromMarkdown } from "mdast-util-from-markdown";
import { expect, test } from "vitest";
import { linkDois } from "./doi";

function links(text: string): string[] {
  const tree = fromMarkdown(text);
  linkDois()(tree);
  return JSON.stringify(tree).match(/https:\/\/doi\.org\/[^"]+/g) ?? [];
}

test.each([
  ["as in 10.1038/s41586-020-2649-2.", "https://doi.org/10.1038/s41586-020-2649-2"],
  ["(doi: 10.1000/182)", "https://doi.org/10.1000/182"],
  ["see DOI:10.1002/(SICI)1097-4636(199724)35:2", "https://doi.org/10.1002/(SICI)1097-4636(199724)35:2"],
])("%s is linked", (text, url) => {
  expect(links(text)).toEqual([url]);
});

test("numbers, code and links stay as they are", () => {
  expect(links("version 10.4/2, `10.1000/182`")).toEqual([]);
  expect(links("[paper](https://example.org/10.1000/182)")).toEqual([]);
});
