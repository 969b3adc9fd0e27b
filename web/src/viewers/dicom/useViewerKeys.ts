import { useEffect } from "react";
import type { ToolName } from "./engine";

export interface ViewerActions {
  tool: (tool: ToolName) => void;
  go: (index: number) => void;
  step: (by: number) => void;
  play: () => void;
  reset: () => void;
  invert: () => void;
  zoom: (factor: number) => void;
  series: (step: 1 | -1) => void;
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
  target.getAttribute("type") !== "range";

function actionOf(key: string, actions: ViewerActions, last: number): (() => void) | undefined {
  const table: Record<string, () => void> = {
    ArrowDown: () => actions.step(1),
    ArrowRight: () => actions.step(1),
    ArrowUp: () => actions.step(-1),
    ArrowLeft: () => actions.step(-1),
    PageDown: () => actions.step(10),
    PageUp: () => actions.step(-10),
    Home: () => actions.go(0),
    End: () => actions.go(last),
    " ": actions.play,
    "[": () => actions.series(-1),
    "]": () => actions.series(1),
    "+": () => actions.zoom(1.25),
    "-": () => actions.zoom(0.8),
    w: () => actions.tool("window"),
    z: () => actions.tool("zoom"),
    p: () => actions.tool("pan"),
    s: () => actions.tool("scroll"),
    i: actions.invert,
    r: actions.reset,
  };
  return table[key];
}

/** The viewer's keys; none works while typing in a field. */
export function useViewerKeys(actions: ViewerActions, last: number): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const pressed = event.target instanceof HTMLButtonElement && event.key === " ";
      const action = pressed ? undefined : actionOf(event.key, actions, last);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [actions, last]);
}
