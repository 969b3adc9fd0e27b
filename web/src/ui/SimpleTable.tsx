import type { ReactNode } from "react";
import classes from "./Table.module.css";

export interface Column<T> {
  head: string;
  cell: (row: T) => ReactNode;
  number?: boolean;
  /** Heading for screen readers only, for columns of buttons. */
  quiet?: boolean;
}

interface SimpleTableProps<T> {
  label: string;
  rows: T[];
  rowKey: (row: T) => string;
  columns: Column<T>[];
}

const classOf = <T,>({ quiet, number }: Column<T>) =>
  quiet ? classes.quiet : number ? classes.number : undefined;

/** A short table whose rows are all here; long lists use `DataTable`. */
export function SimpleTable<T>({ label, rows, rowKey, columns }: SimpleTableProps<T>) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={classOf(column)}>
                {column.quiet ? <span className="visually-hidden">{column.head}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.head} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
