import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Info } from "@/api/types";
import { t, tIn } from "@/i18n/text";

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

/** What a site can offer; the rest is shown as the server names it. */
const FEATURES: Record<string, string> = {
  signed_url: tIn("feature", "signed url"),
  deid_profile: tIn("feature", "deid profile"),
  collections: tIn("feature", "collections"),
  copy_by_reference: tIn("feature", "copy by reference"),
  job_ask: tIn("feature", "job ask"),
  job_prioritization: tIn("feature", "job prioritization"),
  job_tickets: tIn("feature", "job tickets"),
  gear_access: tIn("feature", "gear access"),
  audit_trail: tIn("feature", "audit trail"),
  project_locking: tIn("feature", "project locking"),
};

/** What the site offers, in words. */
export const offered = (features: Record<string, boolean>): string[] =>
  Object.keys(features)
    .filter((name) => features[name])
    .map((name) => FEATURES[name] ?? name.replaceAll("_", " "));

/** The settings typed, or why they are none. */
export function readSettings(text: string): { settings: Info } | { problem: string } {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || Array.isArray(read))
      return { problem: t("Settings are an object: {braces}.", { braces: "{ … }" }) };
    return { settings: read as Info };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
