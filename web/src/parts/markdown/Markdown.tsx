import ReactMarkdown, { type Components } from "react-markdown";
import gfm from "remark-gfm";
import { linkDois } from "./doi";
import classes from "./Markdown.module.css";

const PARTS: Components = {
  a: ({ children, href }) => (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ),
};

/** Formatted text of people: no raw HTML, no pictures from elsewhere, publications linked by their DOI. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown}>
      <ReactMarkdown remarkPlugins={[gfm, linkDois]} disallowedElements={["img"]} components={PARTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
