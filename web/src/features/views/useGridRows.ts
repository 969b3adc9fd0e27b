import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { Json } from "@/api/types";
import { PAGE_ROWS, PREVIEW_ROWS, rowsQuery, type ViewSpec } from "@/parts/views/view";

export interface GridRow {
  _id: string;
  cells: Json[];
}

interface Wanted {
  project: string;
  spec: ViewSpec;
  sort: string | undefined;
  /** How many rows there are; null for a preview of the first ones. */
  total: number | null;
  enabled: boolean;
}

/** The rows in view of a result of any length; only their pages are asked for. */
export function useGridRows({ project, spec, sort, total, enabled }: Wanted) {
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const onRange = useCallback((first: number, last: number) => {
    setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
  }, []);
  const size = total === null ? PREVIEW_ROWS : PAGE_ROWS;
  const from = total === null ? 0 : Math.floor(range[0] / size);
  const to = total === null ? 0 : Math.floor(range[1] / size);
  const numbers = from === to ? [from] : [from, to];
  const pages = useQueries({
    queries: numbers.map((page) => ({
      ...rowsQuery(project, spec, { skip: page * size, limit: size, sort }),
      enabled,
    })),
  });
  const tables = pages.map((page) => page.data);
  const [upper, lower] = tables;
  const rows = useMemo(() => {
    const found = new Map<number, GridRow>();
    [upper, lower].forEach((table, at) => {
      const start = (at === 0 ? from : to) * size;
      table?.rows.forEach((cells, index) => {
        found.set(start + index, { _id: String(start + index), cells });
      });
    });
    return found;
  }, [upper, lower, from, to, size]);
  return {
    columns: tables.find(Boolean)?.columns ?? null,
    total: total ?? rows.size,
    rows: [...rows.values()],
    rowAt: (index: number) => rows.get(index),
    onRange,
    busy: pages.some((page) => page.isFetching),
    error: pages.find((page) => page.error && !page.data)?.error ?? null,
    retry: () => pages.forEach((page) => void page.refetch()),
  };
}
