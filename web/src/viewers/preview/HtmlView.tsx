import { t } from "@/i18n/text";
import { ContentBox, CutNote } from "./ContentBox";
import { type PreviewProps, useText } from "./content";
import classes from "./Preview.module.css";

const LIMIT = 20 * (1 << 20);

/** A report in a frame where nothing runs and nothing is fetched. */
export function HtmlView({ file }: PreviewProps) {
  return (
    <ContentBox asked={useText(file, LIMIT)} empty={({ text }) => text === ""}>
      {({ text, cut }) => (
        <>
          <CutNote cut={cut} what={t("the first 20 MB")} />
          <iframe className={classes.frame} sandbox="" srcDoc={text} title={file.name} />
        </>
      )}
    </ContentBox>
  );
}
