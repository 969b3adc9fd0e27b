import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Notification, Notifications } from "@/api/types";
import { plural, t } from "@/i18n/text";

const PATH = "/x/me/notifications";
const AGAIN_MS = 60_000;

/** What concerns the user, newest first. Jobs are told of by the event stream, the rest is asked for now and then. */
export const notificationsQuery = infiniteQueryOptions({
  queryKey: [LIVE, "notifications"],
  queryFn: ({ pageParam }) => api.get<Notifications>(PATH, pageParam === null ? {} : { before: pageParam }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next,
  refetchInterval: AGAIN_MS,
});

export const see = (until: string) => api.put(PATH, { seen_until: until });

export const wantMail = (mail: boolean) => api.put(PATH, { mail });

/** In a line. */
export function wordsOf({ kind, count, place, job, by }: Notification): string {
  if (kind === "jobs_failed")
    return plural(count, "{gear} failed in {place}", "{count} runs of {gear} failed in {place}", {
      gear: job?.gear ?? t("A gear"),
      place: place.label,
    });
  const said = { name: by ?? t("Somebody"), place: place.label };
  return place.level === "project"
    ? t("{name} let you into the project {place}", said)
    : t("{name} let you into the group {place}", said);
}

/** Where one sees more. */
export function addressOf({ job, batch, place }: Notification): string {
  if (batch) return `/batch/${batch}`;
  if (job) return `/jobs/${job.id}`;
  return place.level === "project" ? `/projects/${place.id}` : `/groups/${encodeURIComponent(place.id)}`;
}

/** Whether it is newer than what was seen. */
export const isNew = ({ at }: Notification, seen: string | null): boolean =>
  seen === null || Date.parse(at) > Date.parse(seen);
