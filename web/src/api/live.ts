import type { QueryClient } from "@tanstack/react-query";
import { showsJobs } from "@/api/liveKeys";
import { LIVE } from "@/api/queries";

const CONTENT = ["file.created", "container.created", "container.modified", "container.deleted"];
const JOB = "job.changed";
/** Some were missed. */
const RELOAD = "reload";
const QUIET_MS = 400;
const POLL_MS = 5_000;

/** Whether a list fetches its next page, which a refresh would break off. */
const isPagingOn = (client: QueryClient): boolean =>
  client.isFetching({ queryKey: [LIVE], predicate: (query) => Boolean(query.state.fetchMeta?.fetchMore) }) >
  0;

/** Refresh what is on screen when the server says something changed; poll while its stream is away. */
export function followEvents(client: QueryClient): () => void {
  let waiting: number | undefined;
  let polling: number | undefined;
  let all = false;
  let jobs = new Set<string>();
  const soon = () => {
    waiting ??= window.setTimeout(refresh, QUIET_MS);
  };
  const refreshAll = () => {
    all = true;
    soon();
  };
  const refresh = () => {
    waiting = undefined;
    // What is being changed or deleted here refreshes when that is done.
    if (client.isMutating() > 0 || isPagingOn(client)) return soon();
    const [whole, changed] = [all, jobs];
    all = false;
    jobs = new Set();
    void client.invalidateQueries({
      queryKey: [LIVE],
      predicate: (query) => whole || showsJobs(query.queryKey, changed),
    });
  };
  const stopPolling = () => {
    window.clearInterval(polling);
    polling = undefined;
  };
  const source = new EventSource(`/api/x/events?topics=${[...CONTENT, JOB].join(",")}`);
  for (const fact of [...CONTENT, RELOAD]) source.addEventListener(fact, refreshAll);
  source.addEventListener(JOB, (event: MessageEvent<string>) => {
    jobs.add(String(JSON.parse(event.data).id));
    soon();
  });
  let wasAway = false;
  source.onopen = () => {
    stopPolling();
    if (wasAway) refreshAll();
    wasAway = false;
  };
  source.onerror = () => {
    wasAway = true;
    polling ??= window.setInterval(refreshAll, POLL_MS);
  };
  return () => {
    source.close();
    stopPolling();
    window.clearTimeout(waiting);
  };
}
