import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { after } from "@/api/pages";
import type { ApiKey, Device, DeviceStatus, Page } from "@/api/types";
import { t } from "@/i18n/text";

const REFRESH_MS = 30_000;

export const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: () => api.get<Page<DeviceDoc>>("/devices", { sort: "label:asc" }),
  select: (found) => found.results,
  refetchInterval: REFRESH_MS,
});

export const deviceStatusQuery = queryOptions({
  queryKey: ["devices", "status"],
  queryFn: () => api.get<Record<string, DeviceStatus>>("/devices/status"),
  refetchInterval: REFRESH_MS,
});

export const deviceQuery = (id: string) =>
  queryOptions({
    queryKey: ["devices", id],
    queryFn: () => api.get<DeviceDoc>(`/devices/${id}`),
    refetchInterval: REFRESH_MS,
  });

/** What a device can be. */
export const DEVICE_TYPES = [
  { value: "connector", label: t("connector") },
  { value: "engine", label: t("engine") },
  { value: "uploader", label: t("uploader") },
];

/** A type of device in words; another one stays as it is. */
export const typeWords = (type: string) => DEVICE_TYPES.find(({ value }) => value === type)?.label ?? type;

/** What the API's description leaves open. */
export interface DeviceDoc extends Device {
  version: string | null;
  errors: string[];
  info: Record<string, unknown>;
  interval: number | null;
  api_keys: ApiKey[];
  created: string;
}

export interface Incident {
  _id: string;
  kind: "silent" | "errors" | "held";
  detail: string;
  opened: string;
  closed: string | null;
  told: string[];
}

export const incidentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["devices", id, "incidents"],
    queryFn: () => api.get<Incident[]>(`/devices/${id}/incidents`, { limit: 20 }),
    refetchInterval: REFRESH_MS,
  });

interface Labelled {
  _id: string;
  label: string;
}

/** One series that a device brought, as it is on the server now. */
export interface Received {
  _id: string;
  name: string;
  version: number;
  modality: string | null;
  members: number | null;
  study: string;
  series: string;
  received: string;
  changed: string;
  scanner: string | null;
  reason: string | null;
  flags: string[];
  requested: Partial<Record<"group" | "project" | "subject" | "session", string | null>>;
  place: { group: string } & Record<"project" | "subject" | "session" | "acquisition", Labelled | null>;
}

export interface ReceivedFilter {
  search?: string | undefined;
  parked?: string | undefined;
}

/** What a device brought, newest first, in pages. */
export const receivedQuery = (id: string, asked: ReceivedFilter) =>
  infiniteQueryOptions({
    queryKey: ["devices", id, "received", asked],
    queryFn: ({ pageParam }) =>
      api.get<Page<Received>>(`/devices/${id}/received`, { ...asked, limit: 50, before: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: after((row: Received) => row._id),
    placeholderData: keepPreviousData,
  });
