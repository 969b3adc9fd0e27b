import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Page } from "@/api/types";
import { t } from "@/i18n/text";
import { type Problem, RANGES, type SearchQuery, type SearchState } from "./search";

export interface SavedQuery {
  _id: string;
  label: string;
  description: string | null;
  search: SearchQuery;
  parent: { type: "user" | "group" | "project" | "site"; id: string };
  errors?: Problem[] | null;
}

const MOST = 100;

/** Saved queries whose label holds these words. */
export const savedQuery = (filter: string | undefined) =>
  queryOptions({
    queryKey: [LIVE, "search", "saved", filter ?? null],
    queryFn: () =>
      api.get<Page<SavedQuery>>("/dataexplorer/queries", { filter, sort: "label:asc", limit: MOST }),
  });

export const oneSavedQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: [LIVE, "search", "saved", "one", id],
    queryFn: () => api.get<SavedQuery>(`/dataexplorer/queries/${id}`),
    enabled: id !== undefined,
    retry: false,
  });

type Limit = string | number;
type Clause = { terms?: Record<string, string[]>; range?: Record<string, { gte?: Limit; lte?: Limit }> };

/** The address that shows a saved query; filters of other clients that the page has no field for are left out. */
export function stateOf({ _id, search }: SavedQuery): SearchState {
  const clauses = (search.filters ?? []) as Clause[];
  const picked = Object.assign({}, ...clauses.map((one) => one.terms ?? {})) as Record<string, string[]>;
  const ranges = Object.assign({}, ...clauses.map((one) => one.range ?? {})) as NonNullable<Clause["range"]>;
  const limits = RANGES.flatMap(({ field, least, most }) => [
    [least, ranges[field]?.gte?.toString()],
    [most, ranges[field]?.lte?.toString()],
  ]);
  return {
    saved: _id,
    kind: search.return_type,
    q: search.structured_query || undefined,
    words: search.search_string || undefined,
    picked: Object.keys(picked).length > 0 ? picked : undefined,
    ...Object.fromEntries(limits),
    columns: search.columns,
    sites: search.sites,
    all: search.all_data ? "yes" : undefined,
    sort: search.sort && `${search.sort.field}:${search.sort.order}`,
  };
}

export const SHARED: Record<SavedQuery["parent"]["type"], string> = {
  user: t("Only me"),
  project: t("Project"),
  group: t("Group"),
  site: t("Everybody"),
};
