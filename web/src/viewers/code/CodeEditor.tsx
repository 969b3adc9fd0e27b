import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import classes from "./Code.module.css";
import { phrases } from "./phrases";
import { choicesAt, type Schema, spotOf } from "./schema";

export interface Issue {
  line: number | null;
  message: string;
  severity: "error" | "warning";
}

interface CodeEditorProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  readOnly: boolean;
  schema: Schema | undefined;
  issues: Issue[];
}

/** A YAML text with completion by a schema, and what is wrong with it beside its lines. */
export function CodeEditor({ label, value, onChange, readOnly, schema, issues }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const completing = useRef(schema);
  completing.current = schema;
  const start = useRef({ value, label, locked: new Compartment() });

  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const { value: doc, label: name, locked } = start.current;
    const complete = (context: CompletionContext) => {
      const word = context.matchBefore(/[\w-]*/);
      if (!completing.current || !word || (word.from === word.to && !context.explicit)) return null;
      const spot = spotOf(context.state.sliceDoc(0, context.pos));
      const options = choicesAt(completing.current, spot).map(({ label: key, detail }) => ({
        label: key,
        info: detail || undefined,
        apply: spot.value === null ? `${key}: ` : key,
      }));
      return { from: word.from, options: options as { label: string }[] };
    };
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc,
        extensions: [
          phrases,
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          yaml(),
          lintGutter(),
          autocompletion({ override: [complete], icons: false }),
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": name }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString());
          }),
          locked.of([]),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const fixed = [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];
    view.current?.dispatch({ effects: start.current.locked.reconfigure(fixed) });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const found = issues.map(({ line, message, severity }): Diagnostic => {
      const { from, to } = editor.state.doc.line(Math.min(line ?? 1, editor.state.doc.lines));
      return { from, to, message, severity };
    });
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [issues]);

  return <div ref={place} className={classes.editor} />;
}
