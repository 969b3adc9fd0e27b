import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Device, Page } from "@/api/types";

interface Reporting extends Device {
  info: { routing?: Record<string, unknown> };
}

/** The scanners that connectors report options of; for site administrators. */
export const scannersQuery = queryOptions({
  queryKey: ["devices", "scanners"],
  queryFn: () => api.get<Page<Reporting>>("/devices"),
  select: (found) =>
    [...new Set(found.results.flatMap((device) => Object.keys(device.info.routing ?? {})))].sort(),
});
