import { EditorState } from "@codemirror/state";
import { t } from "@/i18n/text";

/** The editor's own words, in the page's language. */
export const phrases = EditorState.phrases.of({
  Completions: t("Completions"),
  "$ unchanged lines": t("$ unchanged lines"),
});
