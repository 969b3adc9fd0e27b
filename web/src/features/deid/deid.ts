import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { components } from "@/api/schema.gen";
import { t } from "@/i18n/text";
import type { Schema } from "@/viewers/code/schema";

type Schemas = components["schemas"];
export type Version = Schemas["ProfileVersion"];
export type Effective = Schemas["EffectiveDocument"];
export type Checked = Schemas["CheckedDocument"];
export type Tried = Schemas["TriedFile"];
export type Row = Schemas["TriedElement"];

/** Where a profile can stand. */
export interface Place {
  level: "site" | "group" | "project";
  /** Address below `/api`, without `/deid`. */
  path: string;
  /** In a sentence. */
  words: string;
}

export const SITE: Place = { level: "site", path: "/site", words: t("the site") };
export const groupPlace = (id: string): Place => ({
  level: "group",
  path: `/groups/${encodeURIComponent(id)}`,
  words: t("group {id}", { id }),
});
export const projectPlace = (id: string): Place => ({
  level: "project",
  path: `/projects/${id}`,
  words: t("this project"),
});

/** What applies at a place, and what it has itself. */
export const effectiveQuery = (place: Place) =>
  queryOptions({
    queryKey: [LIVE, "deid", place.path],
    queryFn: () => api.get<Effective>(`${place.path}/deid`),
  });

export const versionsQuery = (place: Place) =>
  queryOptions({
    queryKey: [LIVE, "deid", place.path, "versions"],
    queryFn: () => api.get<Version[]>(`${place.path}/deid/versions`),
  });

export const versionQuery = (place: Place, number: number) =>
  queryOptions({
    queryKey: ["deid", place.path, number],
    queryFn: () => api.get<Version>(`${place.path}/deid/versions/${number}`),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const schemaQuery = queryOptions({
  queryKey: ["deid", "schema"],
  queryFn: () => api.get<Schema>("/x/deid/schema"),
  staleTime: Number.POSITIVE_INFINITY,
});

export const checkQuery = (text: string) =>
  queryOptions({
    queryKey: ["deid", "check", text],
    queryFn: () => api.post<Checked>("/x/deid/check", { text }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Beginnings of a profile. */
export const STARTS = [
  {
    words: t("Research (dates moved, descriptions cleaned)"),
    text: "name: Research\ntreadle:\n  preset: research\nzip: {}\n",
  },
  { words: t("Basic (removes most)"), text: "name: Basic\ntreadle:\n  preset: ps315-basic\nzip: {}\n" },
];

/** In which profile's place: `project:65…` is no name, so the words of its level. */
export const levelWords = (version: Version) =>
  ({ site: t("site"), group: t("group {id}", { id: version.target }), project: t("project") })[
    version.level
  ] ?? version.level;
