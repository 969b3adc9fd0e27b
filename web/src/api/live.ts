import type { QueryClient } from "@tanstack/react-query";
import { LIVE } from "@/api/queries";

const FACTS = ["file.created", "container.created", "container.modified", "container.deleted", "job.changed"];
const QUIET_MS = 400;
const POLL_MS = 5_000;

/** Refresh what is on screen when the server says something changed; poll while its stream is away. */
export function followEvents(client: QueryClient): () => void {
  let waiting: number | undefined;
  let polling: number | undefined;
  const soon = () => {
    waiting ??= window.setTimeout(() => refresh(), QUIET_MS);
  };
  const refresh = () => {
    waiting = undefined;
    // What is being changed or deleted here refreshes when that is done.
    if (client.isMutating() > 0) return soon();
    void client.invalidateQueries({ queryKey: [LIVE] });
  };
  const stopPolling = () => {
    window.clearInterval(polling);
    polling = undefined;
  };
  const source = new EventSource(`/api/x/events?topics=${FACTS.join(",")}`);
  for (const fact of FACTS) source.addEventListener(fact, soon);
  let wasAway = false;
  source.onopen = () => {
    stopPolling();
    if (wasAway) soon();
    wasAway = false;
  };
  source.onerror = () => {
    wasAway = true;
    polling ??= window.setInterval(refresh, POLL_MS);
  };
  return () => {
    source.close();
    stopPolling();
    window.clearTimeout(waiting);
  };
}
