import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ReactTable, RowData } from "@tanstack/react-table";
import { t } from "@/i18n/text";
import classes from "./DataTable.module.css";
import type { DataColumn, Features, Sort } from "./model";

interface TableHeadProps<T extends RowData> {
  columns: DataColumn<T>[];
  table: ReactTable<Features, T>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
  selecting: boolean;
}

/** Headings that sort and whose edges drag. */
export function TableHead<T extends RowData>({ columns, table, sort, onSort, selecting }: TableHeadProps<T>) {
  const headers = new Map(table.getFlatHeaders().map((header) => [header.id, header]));
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" aria-rowindex={1} className={classes.row}>
        {selecting ? (
          <div role="columnheader" className={classes.check}>
            <span className="visually-hidden">{t("Selected")}</span>
          </div>
        ) : null}
        {columns.map((column) => {
          const header = headers.get(column.id);
          const sorted = column.sort !== undefined && sort?.field === column.sort;
          const order = sort?.descending ? "descending" : "ascending";
          return (
            <div
              key={column.id}
              role="columnheader"
              className={classes.cell}
              style={{ width: `var(--w-${column.id})` }}
              aria-sort={sorted ? order : undefined}
              data-number={column.number || undefined}
            >
              {column.sort && onSort ? (
                <button
                  type="button"
                  className={classes.sort}
                  onClick={() =>
                    onSort({ field: column.sort as string, descending: sorted ? !sort.descending : false })
                  }
                >
                  <span className="cut">{column.title}</span>
                  {sorted ? sort.descending ? <IconArrowDown size={14} /> : <IconArrowUp size={14} /> : null}
                </button>
              ) : (
                <span className="cut">{column.title}</span>
              )}
              {header ? (
                <span
                  className={classes.grip}
                  aria-hidden="true"
                  onMouseDown={header.getResizeHandler()}
                  onTouchStart={header.getResizeHandler()}
                  onDoubleClick={() => header.column.resetSize()}
                />
              ) : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}
