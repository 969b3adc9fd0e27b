import { ContentBox, CutNote } from "./ContentBox";
import { type PreviewProps, useHead } from "./content";
import { hexLines } from "./hex";
import classes from "./Preview.module.css";

const LIMIT = 4096;

/** What no form is known for: its first bytes. */
export function BytesView({ file }: PreviewProps) {
  return (
    <ContentBox asked={useHead(file, LIMIT)} empty={({ bytes }) => bytes.length === 0}>
      {({ bytes, cut }) => (
        <>
          <CutNote cut={cut} what="the first 4,096 bytes" />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label={`Bytes of ${file.name}`}>
            <pre className={`mono ${classes.bytes}`}>{hexLines(bytes).join("\n")}</pre>
          </section>
        </>
      )}
    </ContentBox>
  );
}
