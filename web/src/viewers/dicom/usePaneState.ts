import { useSyncExternalStore } from "react";
import type { Pane, PaneState } from "./pane";

/** What a pane shows, anew whenever it changes. */
export const usePaneState = (pane: Pane): PaneState => useSyncExternalStore(pane.subscribe, pane.get);
