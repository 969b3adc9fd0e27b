import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LIVE } from "@/api/queries";

/** A change to something on screen: refreshed when done, said aloud when it fails. */
export function useChange<T>(change: (input: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onError: (error) => notifications.show({ color: "red", title: "Not saved", message: error.message }),
    onSettled: () => queries.invalidateQueries({ queryKey: [LIVE] }),
  });
}

/** Address below `/api` of the container or file that is changed. */
export interface Place {
  path: string;
  isFile?: boolean;
}
