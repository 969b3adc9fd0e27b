import type { ReactNode } from "react";
import { Failure } from "./Failure";
import { Loading } from "./Loading";
import { Panel } from "./Panel";
import { type Column, SimpleTable } from "./SimpleTable";
import { Stale } from "./Stale";

/** As much of a query as a list needs to show its state. */
export interface Found {
  isPending: boolean;
  error: Error | null;
  refetch: () => unknown;
}

interface ListPanelProps<T> {
  title: string;
  /** Left out where the page's heading says it. */
  untitled?: boolean;
  /** What could not be loaded: `role list`. */
  what: string;
  found: Found;
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  columns: Column<T>[];
  empty: ReactNode;
  aside?: ReactNode;
  /** Below the rows: what adds one, or shows more. */
  children?: ReactNode;
}

/** A short list in its panel: loading, failed, empty or there. */
export function ListPanel<T>({
  title,
  untitled = false,
  what,
  found,
  rows,
  rowKey,
  columns,
  empty,
  aside,
  children,
}: ListPanelProps<T>) {
  return (
    <Panel title={title} untitled={untitled} flush aside={aside}>
      {found.isPending ? <Loading rows={4} /> : null}
      {found.error && !rows ? (
        <Failure error={found.error} what={what} onRetry={() => void found.refetch()} />
      ) : null}
      {rows ? <Stale error={found.error} onRetry={() => void found.refetch()} /> : null}
      {rows?.length === 0 ? empty : null}
      {rows && rows.length > 0 ? (
        <SimpleTable label={title} rows={rows} rowKey={rowKey} columns={columns} />
      ) : null}
      {children}
    </Panel>
  );
}
