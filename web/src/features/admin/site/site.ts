import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Info } from "@/api/types";

interface Health {
  database: string;
  facts_waiting: number;
  blobs: string;
}

interface Config {
  site: { redirect_url: string; dimse_host: string; dimse_port: number };
  uploads: { max_file_bytes: number };
  features: Record<string, boolean>;
}

export const healthQuery = queryOptions({
  queryKey: ["site", "health"],
  queryFn: () => api.get<Health>("/x/health"),
  refetchInterval: 10_000,
});

export const configQuery = queryOptions({
  queryKey: ["site", "config"],
  queryFn: () => api.get<Config>("/config"),
});

export const settingsQuery = queryOptions({
  queryKey: ["site", "settings"],
  queryFn: () => api.get<Info>("/site/settings"),
});

const OF_THE_SERVER = new Set(["_id", "created", "modified", "site_name", "deid_profile"]);

/** What may be changed here: without what the server says of itself. */
export const ownKeys = (settings: Info): Info =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => !OF_THE_SERVER.has(key)));

/** The settings typed, or why they are none. */
export function readSettings(text: string): { settings: Info } | { problem: string } {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || Array.isArray(read))
      return { problem: "Settings are an object: { … }." };
    return { settings: read as Info };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
