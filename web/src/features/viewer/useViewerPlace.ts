import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { fillCells, readCells, readLayout, writeCells } from "@/viewers/dicom/layout";

/** What hangs where, kept in the address: a reload and a colleague see the same. */
export function useViewerPlace(series: string[]) {
  const search = useSearch({ from: "/inside/viewer" });
  const navigate = useNavigate({ from: "/viewer" });
  const layout = useMemo(() => readLayout(search.layout), [search.layout]);
  // The planes of a volume are those of the series in the active cell.
  const count = layout.planes ? 1 : layout.rows * layout.columns;
  const first = series[0];
  const cells = useMemo(() => readCells(search.series, count, first), [search.series, count, first]);
  const active = Math.min(Math.max(Number(search.at) - 1 || 0, 0), count - 1);

  const hang = useCallback(
    (cell: number, fileId: string) => {
      const next = cells.with(cell, fileId);
      void navigate({ search: (old) => ({ ...old, series: writeCells(next) }), replace: true });
    },
    [navigate, cells],
  );
  const activate = useCallback(
    (cell: number) => {
      if (cell !== active) {
        void navigate({ search: (old) => ({ ...old, at: String(cell + 1) }), replace: true });
      }
    },
    [navigate, active],
  );
  const arrange = useCallback(
    (text: string) => {
      const wanted = readLayout(text);
      const room = wanted.planes ? 1 : wanted.rows * wanted.columns;
      // What is looked at stays in sight.
      const kept = active < room ? cells : [cells[active] ?? null, ...cells.filter((_, at) => at !== active)];
      const next = writeCells(fillCells(kept, room, series));
      const at = active < room ? String(active + 1) : "1";
      void navigate({ search: (old) => ({ ...old, layout: text, series: next, at }), replace: true });
    },
    [navigate, cells, active, series],
  );
  return { layout, cells, active, hang, activate, arrange };
}
