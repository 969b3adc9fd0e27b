import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useId, useLayoutEffect, useMemo, useRef } from "react";
import { useDensity } from "../density";
import classes from "./DataTable.module.css";
import { columnDefs, type DataColumn, features, type Sort } from "./model";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";
import { useGridKeys } from "./useGridKeys";
import { usePreference } from "./usePreference";

export interface Selection {
  ids: ReadonlySet<string>;
  onChange: (ids: Set<string>) => void;
}

export interface DataTableProps<T extends { _id: string }> {
  name: string;
  label: string;
  columns: DataColumn<T>[];
  total: number;
  rows: T[];
  rowAt: (index: number) => T | undefined;
  onRange: (first: number, last: number) => void;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  selection?: Selection;
  onOpen: (row: T) => void;
  busy?: boolean;
  empty: ReactNode;
}

/** Hidden columns of a table, kept per user and shared with its column menu. */
export function useHiddenColumns<T>(name: string, columns: DataColumn<T>[]) {
  const initial = useMemo(
    () => columns.filter((column) => column.hidden).map((column) => column.id),
    [columns],
  );
  return usePreference<string[]>(`columns.${name}`, initial);
}

/** A windowed grid over a server-side list: any number of rows, a few dozen in the page. */
export function DataTable<T extends { _id: string }>(props: DataTableProps<T>) {
  const { name, label, columns, total, rowAt, onRange, selection, onOpen } = props;
  const [hidden] = useHiddenColumns(name, columns);
  const [sizes, setSizes] = usePreference<Record<string, number>>(`widths.${name}`, {});
  const defs = useMemo(() => columnDefs(columns), [columns]);
  const table = useTable({
    features,
    columns: defs,
    data: props.rows,
    getRowId: (row) => row._id,
    columnResizeMode: "onChange",
    state: { columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])), columnSizing: sizes },
    onColumnSizingChange: (change) =>
      setSizes((old) => (typeof change === "function" ? change(old) : change)),
  });
  const shown = useMemo(() => columns.filter((column) => !hidden.includes(column.id)), [columns, hidden]);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const { rowHeight } = useDensity();
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: rowHeight,
  });
  // Rows of another height: the row that was on top stays there.
  const drawnHeight = useRef(rowHeight);
  useLayoutEffect(() => {
    if (drawnHeight.current === rowHeight) return;
    virtual.measure();
    if (scroller.current) scroller.current.scrollTop *= rowHeight / drawnHeight.current;
    drawnHeight.current = rowHeight;
  }, [virtual, rowHeight]);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [onRange, first, last]);
  const grid = useGridKeys({
    total,
    rowAt,
    selection,
    onOpen,
    show: (index) => virtual.scrollToIndex(index),
  });
  const style: Record<string, string> = {};
  for (const header of table.getFlatHeaders()) style[`--w-${header.id}`] = `${header.getSize()}px`;

  return (
    <div className={classes.frame} data-busy={props.busy || undefined} data-empty={total === 0 || undefined}>
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={shown.length + (selection ? 1 : 0)}
        aria-multiselectable={selection ? true : undefined}
        aria-activedescendant={total > 0 ? `${id}-${grid.active}` : undefined}
        aria-busy={props.busy || undefined}
        tabIndex={0}
        onKeyDown={grid.onKeyDown}
        style={style}
      >
        <TableHead
          columns={shown}
          table={table}
          sort={props.sort}
          onSort={props.onSort}
          selecting={selection !== undefined}
        />
        <div role="rowgroup" className={classes.body} style={{ height: total * rowHeight }}>
          {items.map((item) => (
            <TableRow
              key={item.index}
              id={`${id}-${item.index}`}
              index={item.index}
              top={item.start}
              row={rowAt(item.index)}
              columns={shown}
              active={item.index === grid.active}
              selected={selection?.ids.has(rowAt(item.index)?._id ?? "")}
              onSelect={grid.select}
              onOpen={onOpen}
            />
          ))}
        </div>
      </div>
      {total === 0 ? <div className={classes.empty}>{props.empty}</div> : null}
    </div>
  );
}
