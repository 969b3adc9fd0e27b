/** A data view as the builder knows it, and the questions asked of the server about it. */
import { queryOptions } from "@tanstack/react-query";
import { api, apiUrl } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Json } from "@/api/types";

export interface ViewColumn {
  src: string;
  dst?: string;
  [other: string]: Json | undefined;
}

/** What is sent to the server; parts the builder has no fields for are kept as they are. */
export interface ViewSpec {
  columns: ViewColumn[];
  filter?: string | null;
  includeIds?: boolean;
  includeLabels?: boolean;
  [other: string]: Json | ViewColumn[] | undefined;
}

export interface SavedView extends ViewSpec {
  _id: string;
  label: string | null;
  description: string | null;
  parent: string;
  modified?: string;
}

export interface Alias {
  name: string;
  description: string;
  type?: string;
  group?: string[];
  hidden: boolean;
}

export interface Table {
  columns: string[];
  rows: Json[][];
}

export interface Execution {
  _id: string;
  state: "pending" | "running" | "completed" | "failed" | string;
  error: string | null;
  rows: number | null;
  timestamp_ran: string | null;
}

export const PREVIEW_ROWS = 50;
export const PAGE_ROWS = 200;
export const NEW_SPEC: ViewSpec = { columns: [], includeIds: false, includeLabels: true };

/** The definition alone, without what the server adds when it is saved. */
export function specOf(saved: SavedView): ViewSpec {
  const { _id, parent, origin, created, modified, revision, label, description, ...spec } = saved;
  return spec as ViewSpec;
}

/** Whether there is nothing to run yet. */
export const isEmpty = (spec: ViewSpec) => !spec.columns?.length && !spec.fileSpec && !spec.groupBy;

export const columnsQuery = queryOptions({
  queryKey: ["views", "columns"],
  queryFn: () => api.get<Alias[]>("/views/columns"),
  staleTime: Number.POSITIVE_INFINITY,
});

export const viewsQuery = (parent: string) =>
  queryOptions({
    queryKey: [LIVE, "views", "of", parent],
    queryFn: () => api.get<SavedView[]>(`/containers/${encodeURIComponent(parent)}/views`),
  });

export const viewQuery = (id: string) =>
  queryOptions({ queryKey: [LIVE, "views", id], queryFn: () => api.get<SavedView>(`/views/${id}`) });

export interface Part {
  skip: number;
  limit: number;
  sort: string | undefined;
}

/** Some rows of a view that need not be saved. */
export const rowsQuery = (project: string, spec: ViewSpec, part: Part) =>
  queryOptions({
    queryKey: ["views", "rows", project, spec, part],
    queryFn: async () => {
      const query = { containerId: project, format: "json-row-column", ...part };
      return (await api.post<{ data: Table }>("/views/data", spec, query)).data;
    },
    retry: false,
    staleTime: 30_000,
  });

export const executionQuery = (id: string) =>
  queryOptions({
    queryKey: ["views", "execution", id],
    queryFn: () => api.get<Execution>(`/data_view_executions/${id}`),
    refetchInterval: ({ state }) =>
      state.data && !["completed", "failed", "cancelled"].includes(state.data.state) ? 1000 : false,
  });

export const FORMATS = [
  ["csv", "CSV"],
  ["tsv", "TSV"],
  ["json", "JSON"],
  ["parquet", "Parquet"],
] as const;

export const resultUrl = (execution: string, format: string, name: string) =>
  apiUrl(`/data_view_executions/${execution}/data`, { file_format: format, file_name: `${name}.${format}` });
