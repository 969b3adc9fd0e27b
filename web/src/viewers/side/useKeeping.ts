import { useEffect } from "react";
import type { Keeper } from "./keeper";

const NOTHING = () => {};

/** Keep what changed when the picture is left; who closes the page before that is done is asked.
 *
 * `settle` tells the keeper of changes that are still on their way. */
export function useKeeping(keeper: Keeper | null, settle: () => void = NOTHING): void {
  useEffect(() => {
    if (!keeper) return undefined;
    const keep = () => {
      settle();
      if (keeper.busy) void keeper.now();
    };
    const ask = (event: BeforeUnloadEvent) => {
      keep();
      if (keeper.busy) event.preventDefault();
    };
    const hide = () => document.visibilityState === "hidden" && keep();
    window.addEventListener("beforeunload", ask);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("beforeunload", ask);
      document.removeEventListener("visibilitychange", hide);
      keep();
    };
  }, [keeper, settle]);
}
