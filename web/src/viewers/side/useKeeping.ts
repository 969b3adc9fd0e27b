import { notifications } from "@mantine/notifications";
import { useEffect } from "react";
import { t } from "@/i18n/text";
import type { Keeper, Saving } from "./keeper";

const NOTHING = () => {};

/** Keep what changed when the picture is left; who closes the page before that is done is asked.
 *
 * `settle` tells the keeper of changes that are still on their way. Answers how to try again what could not be kept. */
export function useKeeping(
  keeper: Keeper | null,
  saving: Saving,
  settle: () => void = NOTHING,
): (() => void) | null {
  useEffect(() => {
    if (!keeper) return undefined;
    const keep = () => {
      settle();
      return keeper.now();
    };
    const leave = async () => {
      if (await keep()) return;
      const message = t("What you changed last on the images could not be kept.");
      notifications.show({ color: "red", title: t("Not saved"), message });
    };
    const ask = (event: BeforeUnloadEvent) => {
      settle();
      if (keeper.busy) event.preventDefault();
      void keeper.now();
    };
    const hide = () => document.visibilityState === "hidden" && void keep();
    window.addEventListener("beforeunload", ask);
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      void leave().finally(() => window.removeEventListener("beforeunload", ask));
    };
  }, [keeper, settle]);
  return keeper?.waits && saving instanceof Error ? () => void keeper.now() : null;
}
