import { findAndReplace } from "mdast-util-find-and-replace";

type Tree = Parameters<typeof findAndReplace>[0];

// The form that Crossref recommends to look for; what ends a sentence is no part of it.
const DOI = /\b(?:doi:\s?)?(10\.\d{4,9}\/[-._;()/:a-z0-9]*[-_/a-z0-9])/gi;

/** Publications named by their DOI become links to them. */
export function linkDois() {
  return (tree: Tree) =>
    findAndReplace(
      tree,
      [
        DOI,
        (text: string, doi: string) => ({
          type: "link",
          url: `https://doi.org/${doi}`,
          children: [{ type: "text", value: text }],
        }),
      ],
      { ignore: ["link", "linkReference"] },
    );
}
