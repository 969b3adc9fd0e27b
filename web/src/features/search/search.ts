import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";

export const KINDS = [
  {
    kind: "session",
    words: t("Sessions"),
    notFound: t("No sessions found"),
    noneYet: t("There are no sessions yet"),
  },
  {
    kind: "acquisition",
    words: t("Acquisitions"),
    notFound: t("No acquisitions found"),
    noneYet: t("There are no acquisitions yet"),
  },
  {
    kind: "file",
    words: t("Files"),
    notFound: t("No files found"),
    noneYet: t("There are no files yet"),
  },
  {
    kind: "analysis",
    words: t("Analyses"),
    notFound: t("No analyses found"),
    noneYet: t("There are no analyses yet"),
  },
  {
    kind: "subject",
    words: t("Subjects"),
    notFound: t("No subjects found"),
    noneYet: t("There are no subjects yet"),
  },
] as const;
export type Kind = (typeof KINDS)[number]["kind"];

/** What the address of the page says: all of a search. */
export interface SearchState {
  q?: string | undefined;
  words?: string | undefined;
  kind?: Kind | undefined;
  sort?: string | undefined;
  columns?: string[] | undefined;
  /** Values that were picked beside the result, by field. */
  picked?: Record<string, string[]> | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Years at the time of the session. */
  youngest?: string | undefined;
  oldest?: string | undefined;
  /** Fields whose values are counted besides the usual ones. */
  facets?: string[] | undefined;
  /** The saved query that is shown. */
  saved?: string | undefined;
  /** Which sites are searched; without, this one. */
  sites?: string[] | undefined;
  /** Also what one has no role in. */
  all?: string | undefined;
}

/** A search as the server takes it (its `SearchQuery`). */
export interface SearchQuery {
  return_type: Kind;
  structured_query?: string;
  search_string?: string;
  filters?: object[];
  sort?: { field: string; order: "asc" | "desc" };
  columns?: string[];
  facet_fields?: string[];
  timezone?: string;
  size?: number;
  cursor?: string;
  sites?: string[];
  all_data?: boolean;
}

interface Named {
  _id: string;
  label?: string;
  file_id?: string;
}

/** One found object: what it is in, and the values of the asked columns. */
export interface Hit {
  _id: string;
  _source: Partial<Record<Kind | "project" | "group", Named>> & { parent?: { _id: string; type: string } };
  values?: Json[];
  /** The site it was found on, where several were searched. */
  site?: string;
}

/** How a site answered to a search of several. */
export interface SiteAnswer {
  label: string | null;
  status: string;
  total: number | null;
  total_relation: "eq" | "gte" | null;
  ms: number;
}

interface HitPage {
  results: Hit[];
  total: number | null;
  total_relation: "eq" | "gte";
  cursor: string | null;
  sites?: Record<string, SiteAnswer>;
}

export interface Buckets {
  buckets: { key: string | number | boolean; doc_count: number }[];
  sum_other_doc_count?: number;
}

/** Times and numbers are not counted value by value. */
interface Span {
  min: number | null;
  max: number | null;
}

export type Facets = Record<`${Kind}_count`, { value: number; relation: "eq" | "gte" }> & {
  approximate: boolean;
  by_session: Record<string, Buckets | Span>;
  by_file: Record<string, Buckets | Span>;
  fields?: Record<string, Buckets | Span>;
};

export interface Problem {
  line: number;
  pos: number;
  offset: number;
  message: string;
  suggestion?: string | null;
}

export interface Parsed {
  valid: boolean;
  errors: Problem[];
  ast: Json;
  warnings: Pick<Problem, "offset" | "message" | "suggestion">[];
}

export interface FieldHit {
  name: string;
  type: string;
}

/** What is picked by its limits: a field, its least and its greatest value as the address names them. */
export const RANGES = [
  { field: "session.timestamp", least: "from", most: "to", value: String },
  { field: "session.age_in_years", least: "youngest", most: "oldest", value: Number },
] as const;
export const RANGE_KEYS = RANGES.flatMap(({ least, most }) => [least, most]);
export const NO_RANGES = Object.fromEntries(RANGE_KEYS.map((key) => [key, undefined])) satisfies SearchState;
const PAGE = 100;
const INDEXING_MS = 5000;

/** What is asked of the server for this address; the order and columns are the table's own. */
export function askedFor(state: SearchState): SearchQuery {
  const filters: object[] = Object.entries(state.picked ?? {}).map(([field, values]) => ({
    terms: { [field]: values },
  }));
  for (const { field, least, most, value } of RANGES) {
    const [low, high] = [state[least], state[most]];
    const limits = { ...(low ? { gte: value(low) } : {}), ...(high ? { lte: value(high) } : {}) };
    if (low || high) filters.push({ range: { [field]: limits } });
  }
  return {
    return_type: state.kind ?? "session",
    ...(state.q ? { structured_query: state.q } : {}),
    ...(state.words ? { search_string: state.words } : {}),
    ...(filters.length > 0 ? { filters } : {}),
    ...(state.sites ? { sites: state.sites } : {}),
    ...(state.all ? { all_data: true } : {}),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
  };
}

/** The same search, cut down to these of its objects. */
export const only = (asked: SearchQuery, ids: Iterable<string>): SearchQuery => ({
  ...asked,
  filters: [...(asked.filters ?? []), { ids: { values: [...ids] } }],
});

/** One page of results; the next starts at the last one's cursor. */
export const hitsQuery = (asked: SearchQuery) => ({
  queryKey: [LIVE, "search", asked],
  queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
    api.post<HitPage>("/dataexplorer/search", { ...asked, size: PAGE, cursor: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: HitPage) => last.cursor ?? undefined,
  placeholderData: keepPreviousData,
  retry: false,
});

export const facetsQuery = (asked: SearchQuery) =>
  queryOptions({
    queryKey: [LIVE, "search", "facets", asked],
    queryFn: async () => {
      const path = asked.sites ? "/dataexplorer/search?facets=true&size=1" : "/dataexplorer/facets";
      return (await api.post<{ facets: Facets }>(path, asked)).facets;
    },
    placeholderData: keepPreviousData,
    retry: false,
  });

/** What a text means, or what is wrong with it. */
export const parseQuery = (text: string) =>
  queryOptions({
    queryKey: ["search", "parse", text],
    queryFn: () => api.post<Parsed>("/dataexplorer/search/parse", { structured_query: text }),
    enabled: text.trim() !== "",
    staleTime: Number.POSITIVE_INFINITY,
  });

export const printTree = async (ast: Json) =>
  (await api.post<{ structured_query: string }>("/dataexplorer/search/print", { ast })).structured_query;

export const fieldsQuery = (text: string) =>
  queryOptions({
    queryKey: ["search", "fields", text],
    queryFn: () => api.post<FieldHit[]>("/dataexplorer/search/fields", { field: text }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export interface Suggestions {
  from: number;
  suggestions: { display: string; value: string; type: string | null; count: number | null }[];
}

/** How a text may go on behind its end; `from` counts code points. */
export const suggest = (text: string) =>
  api.post<Suggestions>("/dataexplorer/search/suggest", { structured_query: text, extended: true });

/** Values of a field that hold a text, the most frequent first. */
export const valuesQuery = (field: string, text: string) =>
  queryOptions({
    queryKey: ["search", "values", field, text],
    queryFn: async () => {
      const quoted = (part: string) => part.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
      const found = await suggest(`"${quoted(field)}" = "${quoted(text)}`);
      return found.suggestions.map((one) => one.display);
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const statusQuery = queryOptions({
  queryKey: ["search", "status"],
  queryFn: () => api.get<{ status: string; waiting: number }>("/dataexplorer/search/status"),
  refetchInterval: (query) => (query.state.data?.status === "up-to-date" ? false : INDEXING_MS),
});
