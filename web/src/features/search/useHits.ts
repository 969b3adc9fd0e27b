import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { PagedRows } from "@/api/paging";
import { type Hit, hitsQuery, type SearchQuery, type SiteAnswer } from "./search";

const AHEAD = 40;

export interface Hits extends PagedRows<Hit> {
  /** How many there are, as far as they were counted; with `more`, at least as many. */
  found: number;
  more: boolean;
  /** How each site answered, where several were searched. */
  sites: Record<string, SiteAnswer> | undefined;
}

/** A result of any length: what is scrolled to is asked for, a page behind the other. */
export function useHits(asked: SearchQuery): Hits {
  const query = useInfiniteQuery(hitsQuery(asked));
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const first = data?.pages[0];
  const onRange = useCallback(
    (_: number, last: number) => {
      if (hasNextPage && !isFetchingNextPage && last > rows.length - AHEAD) void fetchNextPage();
    },
    [rows.length, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  return {
    total: rows.length + (hasNextPage ? AHEAD : 0),
    found: first?.total ?? rows.length,
    more: first?.total_relation === "gte",
    sites: data?.pages.at(-1)?.sites,
    unfiltered: undefined,
    rows,
    rowAt: (index) => rows[index],
    onRange,
    loading: query.isPending,
    refreshing: query.isFetching,
    error: query.error && !data ? query.error : null,
    stale: query.error && data ? query.error : null,
    retry: () => void query.refetch(),
  };
}
