import { Fragment, type ReactNode } from "react";
import { translated } from "./text";

type Part = ReactNode | ((inner: ReactNode) => ReactNode);

const PARTS = /<(\w+)>(.*?)<\/\1>|\{(\w+)\}/g;

function pieces(text: string, parts: Record<string, Part>): ReactNode[] {
  const found: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    found.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [, mark, inner = "", slot = ""] = match;
    const part = parts[mark ?? slot];
    found.push(typeof part === "function" ? part(pieces(inner, parts)) : part);
  }
  found.push(text.slice(end));
  // A piece has no name of its own and never changes its place.
  return found.map((piece, at) => <Fragment key={String(at)}>{piece}</Fragment>);
}

/**
 * A text with elements inside: `rich("Open <link>the guide</link> of {name}", { link: (text) => <a href="…">{text}</a>,
 * name: <b>{name}</b> })`. Translators move the marks as their grammar wants.
 */
export const rich = (text: string, parts: Record<string, Part>): ReactNode => pieces(translated(text), parts);
