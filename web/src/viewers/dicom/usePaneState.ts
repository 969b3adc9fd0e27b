import { useSyncExternalStore } from "react";
import type { Pane, PaneState } from "./pane";

/** What a pick of a pane's state says, anew whenever that changes. */
export const usePaneState = <T extends string | number | boolean | PaneState>(
  pane: Pane,
  pick: (state: PaneState) => T,
): T => useSyncExternalStore(pane.subscribe, () => pick(pane.get()));
