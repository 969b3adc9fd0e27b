import { t } from "@/i18n/text";
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
          <CutNote cut={cut} what={t("the first 4,096 bytes")} />
          <section
            className={classes.scroll}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label={t("Bytes of {name}", { name: file.name })}
          >
            <pre className={`mono ${classes.bytes}`}>{hexLines(bytes).join("\n")}</pre>
          </section>
        </>
      )}
    </ContentBox>
  );
}
