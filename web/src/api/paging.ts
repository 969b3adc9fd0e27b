import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { type ListParams, listQuery } from "@/api/queries";

export const PAGE_SIZE = 100;

export interface PagedRows<T> {
  total: number;
  /** How many there are without the filter, known when nothing passes it. */
  unfiltered: number | undefined;
  rows: T[];
  rowAt: (index: number) => T | undefined;
  onRange: (first: number, last: number) => void;
  loading: boolean;
  refreshing: boolean;
  error: Error | null;
  /** Why the rows shown could not be refreshed. */
  stale: Error | null;
  retry: () => void;
}

/** The numbers (from 1) of the pages that hold these rows. */
export function pagesOf(first: number, last: number, size: number = PAGE_SIZE): number[] {
  const from = Math.floor(Math.max(0, first) / size);
  const to = Math.floor(Math.max(first, last) / size);
  return Array.from({ length: to - from + 1 }, (_, step) => from + step + 1);
}

/** The last rows that were there: shown until those of a new filter or order have come. */
interface Kept<T> {
  first: number;
  pages: (T[] | undefined)[];
  total: number;
}

/** Rows of a server-side list of any length: only the pages in view are asked for. */
export function usePagedRows<T>(path: string, params: ListParams): PagedRows<T> {
  const [numbers, setNumbers] = useState<number[]>([1]);
  const [kept, setKept] = useState<Kept<T> | null>(null);
  const onRange = useCallback((first: number, last: number) => {
    // A window shows fewer rows than a page holds, so there are two pages at most.
    const next = pagesOf(first, last).slice(0, 2);
    setNumbers((old) => (old.join() === next.join() ? old : next));
  }, []);
  const found = useQueries({
    queries: numbers.map((page) => listQuery<T>(path, { ...params, page, limit: PAGE_SIZE })),
  });
  const first = numbers[0] ?? 1;
  const pages = found.map((query) => query.data?.results);
  const total = found.find((query) => query.data)?.data?.total;
  const [upper, lower] = pages;
  const fresh = useMemo(
    () => (total === undefined ? null : { first, pages: [upper, lower], total }),
    [first, total, upper, lower],
  );
  useEffect(() => {
    if (fresh) setKept(fresh);
  }, [fresh]);
  const shown = fresh ?? kept;
  const none = params.filter !== undefined && shown?.total === 0;
  const whole = useQuery({ ...listQuery<T>(path, { limit: 1 }), enabled: none });
  const rows = useMemo(() => shown?.pages.flatMap((page) => page ?? []) ?? [], [shown]);
  return {
    total: shown?.total ?? 0,
    unfiltered: none ? whole.data?.total : undefined,
    rows,
    rowAt: (index) => shown?.pages[Math.floor(index / PAGE_SIZE) + 1 - shown.first]?.[index % PAGE_SIZE],
    onRange,
    loading: shown === null && found.some((query) => query.isPending),
    refreshing: found.some((query) => query.isFetching),
    error: found.find((query) => query.error && !query.data)?.error ?? null,
    stale: found.find((query) => query.error && query.data)?.error ?? null,
    retry: () => found.forEach((query) => void query.refetch()),
  };
}
