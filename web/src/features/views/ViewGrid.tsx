import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef } from "react";
import { ApiError } from "@/api/client";
import type { Json } from "@/api/types";
import { figure, t } from "@/i18n/text";
import { isEmpty, PREVIEW_ROWS, type ViewSpec } from "@/parts/views/view";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { DataTable } from "@/ui/table/DataTable";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { type GridRow, useGridRows } from "./useGridRows";
import classes from "./ViewBuilder.module.css";

interface ViewGridProps {
  project: string;
  spec: ViewSpec;
  empty: boolean;
  /** Null: only a preview. */
  total: number | null;
  sort: string | undefined;
  status?: ReactNode;
}

const nothing = () => {};
const text = (value: Json | undefined) =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

function gridColumns(names: string[], spec: ViewSpec): DataColumn<GridRow>[] {
  const sources = new Map(spec.columns?.map((column) => [column.dst ?? column.src, column.src]));
  return names.map((name, at) => ({
    id: `c${at}`,
    title: name,
    width: Math.min(260, Math.max(110, name.length * 8 + 40)),
    ...(spec.groupBy || !(sources.has(name) || /\.(id|label)$/.test(name))
      ? {}
      : { sort: sources.get(name) ?? name }),
    cell: (row) => text(row.cells[at]),
    text: (row) => text(row.cells[at]),
  }));
}

/** The view's rows: a live preview while it is built, all of them once it has run. */
export function ViewGrid({ project, spec, empty, total, sort, status }: ViewGridProps) {
  const navigate = useNavigate();
  const [settled] = useDebouncedValue(spec, 350);
  const grid = useGridRows({ project, spec: settled, sort, total, enabled: !empty && !isEmpty(settled) });
  // The old columns stay until those of the next definition have come.
  const kept = useRef<string[]>([]);
  if (grid.columns) kept.current = grid.columns;
  const names = kept.current;
  const columns = useMemo(() => gridColumns(names, settled), [names, settled]);
  if (empty) {
    return (
      <Message title={t("No columns yet")}>
        {t("Choose fields at the side; the first rows appear here at once.")}
      </Message>
    );
  }
  if (grid.error) {
    const asked = grid.error instanceof ApiError && grid.error.status === 422;
    return asked ? (
      <Message title={t("This view cannot be run")} alert>
        {grid.error.message}
      </Message>
    ) : (
      <Failure error={grid.error} what={t("preview")} onRetry={grid.retry} />
    );
  }
  if (names.length === 0) return <Loading rows={8} />;
  return (
    <>
      <div className={classes.status} role="status">
        {status ??
          (grid.total < PREVIEW_ROWS
            ? t("Preview")
            : t("Preview of the first {count} rows: Run makes all of them", { count: figure(PREVIEW_ROWS) }))}
      </div>
      <div className={classes.grid}>
        <DataTable
          name={`view.${names.join(",").slice(0, 80)}`}
          label={t("Result")}
          columns={columns}
          total={grid.total}
          rows={grid.rows}
          rowAt={grid.rowAt}
          onRange={grid.onRange}
          sort={readSort(sort, columns)}
          onSort={(next) =>
            void navigate({
              to: ".",
              search: (old: object) => ({ ...old, sort: sortText(next) }),
              replace: true,
            })
          }
          onOpen={nothing}
          busy={grid.busy}
          empty={
            grid.busy ? (
              <Loading />
            ) : (
              <Message title={t("No rows")}>{t("Nothing here has these columns.")}</Message>
            )
          }
        />
      </div>
    </>
  );
}
