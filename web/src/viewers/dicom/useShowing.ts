import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { Hung } from "./hung";
import type { Pane } from "./pane";

/** Those pictures that show images of a series now. */
export function useShowing(panes: Pane[], series: Hung | null): Pane[] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = panes.map((pane) => pane.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [panes],
  );
  const ids = useSyncExternalStore(subscribe, () =>
    panes
      .filter((pane) => series !== null && pane.plane === null && pane.hung === series && pane.get().ready)
      .map((pane) => pane.id)
      .join(),
  );
  return useMemo(() => panes.filter((pane) => ids.split(",").includes(pane.id)), [panes, ids]);
}
