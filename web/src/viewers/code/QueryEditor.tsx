import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionStatus,
  moveCompletionSelection,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";
import classes from "./Code.module.css";
import { tokensOf } from "./flyql";
import { phrases } from "./phrases";
import { walked } from "./walk";

export interface Choice {
  display: string;
  /** What is put in for it. */
  value: string;
  detail: string;
}

/** A place in the text, in code points as the server counts. */
export interface Mistake {
  offset: number;
  message: string;
}

interface QueryEditorProps {
  label: string;
  value: string;
  hint: string;
  mistakes: Mistake[];
  /** Texts run before, latest first. */
  past: string[];
  onChange: (text: string) => void;
  onRun: () => void;
  /** How a text may go on behind its end, and where (in code points) that is put in. */
  complete: (text: string) => Promise<{ from: number; choices: Choice[] }>;
}

const PAUSE_MS = 120;

/** Where the code point of this number stands in a JavaScript text. */
const unitOf = (text: string, point: number) => [...text].slice(0, point).join("").length;

const coloured = EditorView.decorations.compute(["doc"], (state) =>
  Decoration.set(
    tokensOf(state.doc.toString()).map(({ from, to, kind }) =>
      Decoration.mark({ class: `flyql-${kind}` }).range(from, to),
    ),
  ),
);

/** Tab takes the marked choice, or the first; with no list open it leaves the editor. */
function takeChoice(view: EditorView): boolean {
  if (completionStatus(view.state) !== "active") return false;
  return acceptCompletion(view) || (moveCompletionSelection(true)(view) && acceptCompletion(view));
}

/** A query text: coloured, completed as one types, its mistakes underlined. Enter runs it, Alt and arrows fetch earlier ones. */
export function QueryEditor(props: QueryEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const current = useRef(props);
  current.current = props;

  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const { value, label, hint } = current.current;
    const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
      const text = context.state.sliceDoc(0, context.pos);
      const { from, choices } = await current.current.complete(text);
      if (context.aborted || choices.length === 0) return null;
      return {
        from: unitOf(text, from),
        filter: false,
        options: choices.map(({ display, value: put, detail }) => ({
          label: display,
          detail,
          apply: `${put} `,
        })),
      };
    };
    const run = () => {
      current.current.onRun();
      return true;
    };
    let draft = "";
    const walk = (step: 1 | -1) => (view: EditorView) => {
      const text = view.state.doc.toString();
      const next = walked(current.current.past, { text, draft }, step);
      draft = next.draft;
      if (next.text !== text)
        view.dispatch({
          changes: { from: 0, to: text.length, insert: next.text },
          selection: { anchor: next.text.length },
          effects: EditorView.announce.of(next.text),
          scrollIntoView: true,
        });
      return true;
    };
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: value,
        extensions: [
          phrases,
          history(),
          drawSelection(),
          bracketMatching(),
          coloured,
          placeholder(hint),
          autocompletion({
            override: [source],
            icons: false,
            selectOnOpen: false,
            interactionDelay: 0,
            activateOnTypingDelay: PAUSE_MS,
            activateOnCompletion: () => true,
          }),
          Prec.high(
            keymap.of([
              { key: "Enter", run },
              { key: "Mod-Enter", run },
              { key: "Tab", run: takeChoice },
              { key: "Mod-Space", run: startCompletion },
              { key: "Alt-ArrowUp", run: walk(1) },
              { key: "Alt-ArrowDown", run: walk(-1) },
            ]),
          ),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) current.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  const { value, mistakes } = props;
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const text = editor.state.doc.toString();
    const found = mistakes.map(({ offset, message }): Diagnostic => {
      const from = Math.min(unitOf(text, offset), text.length);
      const word = /^\S+/.exec(text.slice(from))?.[0].length ?? 0;
      return { from, to: from + word, message, severity: "error" };
    });
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [mistakes]);

  return <div ref={place} className={`${classes.editor} ${classes.query}`} />;
}
