import { t } from "@/i18n/text";
import { ContentBox, CutNote } from "./ContentBox";
import { type PreviewProps, useText } from "./content";
import classes from "./Preview.module.css";

/** Text and logs as they are. */
export function TextView({ file }: PreviewProps) {
  return (
    <ContentBox asked={useText(file)} empty={({ text }) => text === ""}>
      {({ text, cut }) => (
        <>
          <CutNote cut={cut} what={t("the first 1 MB")} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label={file.name}>
            <pre className={`mono ${classes.text}`}>{text}</pre>
          </section>
        </>
      )}
    </ContentBox>
  );
}
