import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type ListParams, listQuery } from "@/api/queries";
import type { Page } from "@/api/types";

export const PAGE_SIZE = 100;

export interface PagedRows<T> {
  total: number;
  rows: T[];
  rowAt: (index: number) => T | undefined;
  onRange: (first: number, last: number) => void;
  loading: boolean;
  refreshing: boolean;
  error: Error | null;
  retry: () => void;
}

/** The numbers (from 1) of the pages that hold these rows. */
export function pagesOf(first: number, last: number, size: number = PAGE_SIZE): number[] {
  const from = Math.floor(Math.max(0, first) / size);
  const to = Math.floor(Math.max(first, last) / size);
  return Array.from({ length: to - from + 1 }, (_, step) => from + step + 1);
}

/** Rows of a server-side list of any length: only the pages in view are asked for. */
export function usePagedRows<T>(path: string, params: ListParams): PagedRows<T> {
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const onRange = useCallback((first: number, last: number) => {
    setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
  }, []);
  const pages = pagesOf(range[0], range[1]);
  const found = useQueries({
    queries: pages.map((page) => ({
      ...listQuery<T>(path, { ...params, page, limit: PAGE_SIZE }),
      placeholderData: keepPreviousData as unknown as (old: Page<T> | undefined) => Page<T> | undefined,
    })),
  });
  const first = pages[0] ?? 1;
  const loaded = found.map((query) => query.data?.results);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pages' rows are the dependencies, one by one
  const rows = useMemo(() => loaded.flatMap((page) => page ?? []), loaded);
  const rowAt = (index: number) => loaded[Math.floor(index / PAGE_SIZE) + 1 - first]?.[index % PAGE_SIZE];
  const total = found.find((query) => query.data)?.data?.total ?? 0;
  return {
    total,
    rows,
    rowAt,
    onRange,
    loading: found.every((query) => query.isPending),
    refreshing: found.some((query) => query.isFetching),
    error: found.find((query) => query.error && !query.data)?.error ?? null,
    retry: () => found.forEach((query) => void query.refetch()),
  };
}
