/** Gears: manifests and how they are asked for. */

import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { equals } from "@/api/filters";
import { listQuery, useMe } from "@/api/queries";
import type { Json } from "@/api/types";
import { tIn } from "@/i18n/text";

/** What an option of a run may be: words of JSON Schema (draft 4), others are ignored. */
export interface Option {
  type?: "boolean" | "string" | "integer" | "number" | "array";
  description?: string;
  default?: Json;
  optional?: boolean;
  enum?: Json[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  items?: { type?: string };
}

export interface Input {
  base: "file" | "context" | "api-key";
  description?: string;
  optional?: boolean;
  "read-only"?: boolean;
  type?: { enum?: string[] };
}

export interface Manifest {
  name: string;
  label: string;
  description: string;
  version: string;
  author: string;
  maintainer?: string;
  cite?: string;
  license: string;
  url: string;
  source: string;
  command?: string;
  capabilities?: string[];
  config: Record<string, Option>;
  inputs: Record<string, Input>;
  custom?: { flywheel?: { suite?: string }; "gear-builder"?: { image?: string } };
}

export interface Gear {
  _id: string;
  category: "analysis" | "classifier" | "converter" | "qa" | "utility";
  gear: Manifest;
  exchange: { "rootfs-url"?: string } | null;
  created: string;
  disabled: string | null;
}

export interface GearSeries {
  _id: string;
  name: string;
  is_restricted: boolean;
  permissions: { users: string[]; projects: string[] };
}

const MOST = 1000;

/** The newest version of every gear that the user may see and, in a project, run. */
export const gearsQuery = (project?: string) =>
  listQuery<Gear>("/gears", { sort: "gear.label:asc", limit: MOST, project_id: project });

/** All versions of a gear, the newest first; developers see those put away. */
export const versionsQuery = (name: string) =>
  listQuery<Gear>("/gears", {
    filter: equals("gear.name", name),
    sort: "created:desc",
    limit: MOST,
    all_versions: true,
    exhaustive: true,
    include_invalid: true,
  });

export const gearQuery = (id: string) =>
  queryOptions({
    queryKey: ["gears", id],
    queryFn: () => api.get<Gear>(`/gears/${encodeURIComponent(id)}`),
  });

export const SERIES = "gear-series";

export const seriesQuery = (name: string) =>
  queryOptions({
    queryKey: [SERIES, name],
    queryFn: () => api.get<GearSeries>(`/gears/${encodeURIComponent(name)}/series`),
  });

/** Whether the user may add gears and put them away. */
export function useIsDeveloper(): boolean {
  const { user } = useMe();
  return user.root || user.roles.includes("site_admin") || user.roles.includes("developer");
}

/** What gears without a suite stand under. */
export const NO_SUITE = tIn("suite", "Other");

export const suiteOf = (gear: Gear) => gear.gear.custom?.flywheel?.suite?.trim() || NO_SUITE;
