import { useEffect } from "react";
import type { Engine } from "./engine";
import type { Pane } from "./pane";
import { follow } from "./stack";

/** While linked, the other stacks follow the active one to the same place in the patient. */
export function useLinkedScroll(linked: boolean, panes: Pane[], active: Pane): void {
  useEffect(() => {
    if (!linked || active.plane) return undefined;
    let before = -1;
    return active.subscribe(() => {
      const { index, ready } = active.get();
      if (!ready || index === before || !active.hung) return;
      before = index;
      for (const pane of panes) {
        if (pane === active || !pane.hung) continue;
        const there = follow(active.hung.images, index, pane.hung.images);
        if (there !== null) pane.go(there);
      }
    });
  }, [linked, panes, active]);
}

/** Lines in the other pictures where the active one cuts them. */
export function useReferenceLines(shown: boolean, engine: Engine | null, panes: Pane[], active: Pane): void {
  useEffect(() => {
    if (!engine || active.plane) return undefined;
    if (!shown || panes.length < 2) {
      engine.referTo(null);
      return undefined;
    }
    let before = -1;
    const draw = () => {
      const { index, ready } = active.get();
      if (!ready || index === before) return;
      before = index;
      active.refer();
    };
    draw();
    return active.subscribe(draw);
  }, [shown, engine, panes, active]);
}
