import { useEffect } from "react";
import type { Pane } from "./pane";
import type { ToolName } from "./tools";

export interface ViewerActions {
  pane: Pane;
  tool: (tool: ToolName) => void;
  play: () => void;
  series: (step: 1 | -1) => void;
  layout: (layout: string) => void;
  planes: () => void;
  choose: (cell: number) => void;
  link: () => void;
  lines: () => void;
  text: () => void;
  key: () => void;
  undo: () => void;
  redo: () => void;
  labels: () => void;
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
  target.getAttribute("type") !== "range";

/** What a key does with the mouse tools; the toolbar's tips say the same. */
export const TOOL_KEYS: Record<string, ToolName> = {
  w: "window",
  s: "scroll",
  z: "zoom",
  p: "pan",
  m: "magnify",
  c: "cross",
  l: "length",
  a: "angle",
  d: "bidirectional",
  b: "rectangle",
  e: "ellipse",
  f: "freehand",
  t: "arrow",
  o: "probe",
  E: "circle",
  A: "cobb",
  T: "text",
  j: "paint",
  J: "erase",
};

function actionOf(key: string, actions: ViewerActions, last: number): (() => void) | undefined {
  const { pane } = actions;
  const table: Record<string, () => void> = {
    ArrowDown: () => pane.step(1),
    ArrowRight: () => pane.step(1),
    ArrowUp: () => pane.step(-1),
    ArrowLeft: () => pane.step(-1),
    PageDown: () => pane.step(10),
    PageUp: () => pane.step(-10),
    Home: () => pane.go(0),
    End: () => pane.go(last),
    " ": actions.play,
    "[": () => actions.series(-1),
    "]": () => actions.series(1),
    "+": () => pane.zoom(1.25),
    "-": () => pane.zoom(0.8),
    i: pane.invert,
    h: () => pane.flip("flipHorizontal"),
    v: () => pane.flip("flipVertical"),
    ".": pane.rotate,
    r: pane.reset,
    n: actions.planes,
    y: actions.link,
    x: actions.lines,
    q: actions.text,
    k: actions.key,
    u: actions.undo,
    U: actions.redo,
    g: actions.labels,
  };
  const tool = TOOL_KEYS[key];
  if (tool) return () => actions.tool(tool);
  const cell = Number(key);
  return cell >= 1 ? () => actions.choose(cell - 1) : table[key];
}

/** The viewer's keys; none works while typing in a field or in an open menu. */
export function useViewerKeys(actions: ViewerActions, last: number): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("[role=menu], [role=dialog], [role=listbox]")) return;
      if (target instanceof HTMLButtonElement && event.key === " ") return;
      const action = actionOf(event.key, actions, last);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [actions, last]);
}
