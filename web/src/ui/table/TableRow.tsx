import { memo } from "react";
import { t } from "@/i18n/text";
import classes from "./DataTable.module.css";
import type { DataColumn } from "./model";

interface TableRowProps<T> {
  id: string;
  index: number;
  top: number;
  row: T | undefined;
  columns: DataColumn<T>[];
  active: boolean;
  selected: boolean | undefined;
  onSelect: (index: number, extend: boolean) => void;
  onOpen: (row: T) => void;
}

function Row<T>({ id, index, top, row, columns, active, selected, onSelect, onOpen }: TableRowProps<T>) {
  // The grid holds the focus and names its active row; Enter there opens it.
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={`${classes.row} ${classes.line}`}
      data-active={active || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (row && !(event.target as HTMLElement).closest("a, button, input, label")) onOpen(row);
      }}
    >
      {selected === undefined ? null : (
        <div role="gridcell" className={classes.check} tabIndex={-1}>
          <label>
            <input
              type="checkbox"
              tabIndex={-1}
              checked={selected}
              disabled={!row}
              aria-label={t("Select row {index}", { index: index + 1 })}
              onChange={(event) => onSelect(index, (event.nativeEvent as MouseEvent).shiftKey === true)}
            />
          </label>
        </div>
      )}
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          tabIndex={-1}
          className={classes.cell}
          style={{ width: `var(--w-${column.id})` }}
          data-number={column.number || undefined}
          title={row ? column.text?.(row) : undefined}
        >
          {row ? <span className="cut">{column.cell(row)}</span> : <span className={classes.ghost} />}
        </div>
      ))}
    </div>
  );
}

/** One row in its place; grey bars until its page has come. Drawn anew only when it changes: tables scroll. */
export const TableRow = memo(Row) as typeof Row;
