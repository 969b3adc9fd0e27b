import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ApiKey, Device, DeviceStatus, Page } from "@/api/types";

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
