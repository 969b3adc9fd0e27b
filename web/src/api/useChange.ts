import { notifications } from "@mantine/notifications";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { LIVE } from "@/api/queries";
import { t } from "@/i18n/text";

/** A change to something on screen: refreshed when done, said aloud when it fails. */
export function useChange<T, R = unknown>(change: (input: T) => Promise<R>, ...alsoStale: QueryKey[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onError: (error) => notifications.show({ color: "red", title: t("Not saved"), message: error.message }),
    onSettled: () =>
      Promise.all([[LIVE], ...alsoStale].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

/** Deletes what the open page shows and leaves it; nothing of it is asked for again on the way out. */
export function useRemoval(
  remove: () => Promise<unknown>,
  leave: () => Promise<void>,
  ...alsoStale: (readonly unknown[])[]
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      for (const queryKey of [[LIVE], ...alsoStale])
        await queries.invalidateQueries({ queryKey, refetchType: "none" });
      await leave();
    },
  });
}
