import { yaml } from "@codemirror/lang-yaml";
import { defaultHighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import classes from "./Code.module.css";
import { phrases } from "./phrases";

/** What is different between two texts, line by line. */
export function CodeDiff({ label, before, after }: { label: string; before: string; after: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const view = new EditorView({
      parent,
      doc: after,
      extensions: [
        phrases,
        lineNumbers(),
        yaml(),
        syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: {} }),
      ],
    });
    return () => view.destroy();
  }, [label, before, after]);
  return <div ref={place} className={classes.editor} />;
}
