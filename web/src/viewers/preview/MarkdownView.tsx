import { t } from "@/i18n/text";
import { Markdown } from "@/parts/markdown/Markdown";
import { ContentBox, CutNote } from "./ContentBox";
import { type PreviewProps, useText } from "./content";
import classes from "./Preview.module.css";

/** Markdown without raw HTML; pictures from elsewhere are not fetched. */
export function MarkdownView({ file }: PreviewProps) {
  return (
    <ContentBox asked={useText(file)} empty={({ text }) => text === ""}>
      {({ text, cut }) => (
        <>
          <CutNote cut={cut} what={t("the first 1 MB")} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label={file.name}>
            <Markdown text={text} />
          </section>
        </>
      )}
    </ContentBox>
  );
}
