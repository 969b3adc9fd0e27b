import type { ReactNode } from "react";
import type { PagedRows } from "@/api/paging";
import { Failure } from "../Failure";
import { Loading } from "../Loading";
import { NothingMatches } from "../NothingMatches";
import { Stale } from "../Stale";
import { DataTable, type DataTableProps } from "./DataTable";
import { type Sort, sortText } from "./model";
import classes from "./PagedTable.module.css";

interface PagedTableProps<T extends { _id: string }>
  extends Pick<DataTableProps<T>, "name" | "label" | "columns" | "selection" | "onOpen"> {
  rows: PagedRows<T>;
  /** What could not be loaded: `session list`. */
  what: string;
  sort: Sort;
  onSort: (text: string) => void;
  filtered: boolean;
  onClear: () => void;
  /** Said when there are no rows at all. */
  empty: ReactNode;
  above?: ReactNode;
}

/** The rest of a page: a server-side list in all its states. */
export function PagedTable<T extends { _id: string }>({
  rows,
  what,
  onSort,
  filtered,
  onClear,
  empty,
  above,
  ...table
}: PagedTableProps<T>) {
  const { loading, refreshing, error, stale, retry, unfiltered, ...data } = rows;
  return (
    <div className={`panel ${classes.panel}`}>
      {loading ? <Loading rows={10} /> : null}
      {error ? <Failure error={error} what={what} onRetry={retry} /> : null}
      {!loading && !error ? (
        <>
          <Stale error={stale} onRetry={retry} />
          {above}
          <DataTable
            {...table}
            {...data}
            busy={refreshing}
            onSort={(next) => onSort(sortText(next))}
            empty={filtered ? <NothingMatches of={unfiltered} onClear={onClear} /> : empty}
          />
        </>
      ) : null}
    </div>
  );
}
