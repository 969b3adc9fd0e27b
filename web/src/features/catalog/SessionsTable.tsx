import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { allIds, type DownloadNode } from "@/api/download";
import { allOf, between, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import type { Session } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { age, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { SearchField } from "@/ui/SearchField";
import { ColumnMenu } from "@/ui/table/ColumnMenu";
import { DataTable } from "@/ui/table/DataTable";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { labelColumn, receivedColumn, tagsColumn } from "./columns";
import { NothingMatches } from "./NothingHere";
import { SelectionBar } from "./SelectionBar";
import { useFilterFields } from "./useFilterFields";

const COLUMNS: DataColumn<Session>[] = [
  labelColumn("Session"),
  {
    id: "subject",
    title: "Subject",
    width: 170,
    sort: "subject.label",
    cell: (row) => row.subject?.label,
    text: (row) => row.subject?.label ?? "",
  },
  {
    id: "timestamp",
    title: "Scanned",
    width: 150,
    sort: "timestamp",
    cell: (row) => dateTime(row.timestamp),
    text: (row) => [row.timestamp, row.timezone].filter(Boolean).join(" "),
  },
  { id: "age", title: "Age", width: 76, number: true, sort: "age", cell: (row) => age(row.age) },
  {
    id: "operator",
    title: "Operator",
    width: 140,
    sort: "operator",
    cell: (row) => row.operator,
    text: (row) => row.operator ?? "",
  },
  tagsColumn(),
  receivedColumn,
  {
    id: "weight",
    title: "Weight",
    width: 90,
    number: true,
    sort: "weight",
    hidden: true,
    cell: (row) => (row.weight === null ? "" : `${row.weight} kg`),
  },
  {
    id: "uid",
    title: "Study UID",
    width: 320,
    hidden: true,
    cell: (row) => row.uid,
    text: (row) => row.uid ?? "",
  },
];

/** Where sessions are listed from, what can be done with those selected, and what an empty list says. */
interface SessionsTableProps {
  path: string;
  name: string;
  columns?: DataColumn<Session>[];
  actions: (nodes: () => Promise<DownloadNode[]>) => ReactNode;
  empty: ReactNode;
}

const NO_MORE: DataColumn<Session>[] = [];

/** Sessions of a project or collection: filtered, sorted and paged by the server, any number of them. */
export function SessionsTable({ path, name, columns: more = NO_MORE, actions, empty }: SessionsTableProps) {
  const columns = useMemo(() => [...COLUMNS.slice(0, 2), ...more, ...COLUMNS.slice(2)], [more]);
  const navigate = useNavigate();
  const { search, change, clear } = useFilterFields();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const sort = readSort(search.sort, columns) ?? { field: "timestamp", descending: true };
  const filter = allOf(
    search.q && contains("label", search.q),
    search.subject && contains("subject.label", search.subject),
    search.tag && equals("tags", search.tag),
    ...between("timestamp", search.from, search.to),
  );
  const rows = usePagedRows<Session>(path, { filter, sort: sortText(sort) });
  const choose = (ids: Set<string>) => {
    setSelected(ids);
    setEverything(false);
  };
  const chosenNodes = async (): Promise<DownloadNode[]> => {
    const ids = everything ? await allIds(path, filter) : [...selected];
    return ids.map((_id) => ({ level: "session", _id }));
  };
  return (
    <>
      <FilterBar end={<ColumnMenu name={name} columns={columns} />}>
        <SearchField label="Session contains" value={search.q} onChange={(q) => change({ q })} />
        <SearchField
          label="Subject contains"
          value={search.subject}
          onChange={(subject) => change({ subject })}
        />
        <SearchField label="Tag is" value={search.tag} onChange={(tag) => change({ tag })} />
        <TextInput
          type="date"
          aria-label="Scanned from"
          value={search.from ?? ""}
          onChange={(event) => change({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          aria-label="Scanned until"
          value={search.to ?? ""}
          onChange={(event) => change({ to: event.currentTarget.value || undefined })}
        />
        {filter ? (
          <Button variant="subtle" color="gray" onClick={clear}>
            Clear filters
          </Button>
        ) : null}
      </FilterBar>
      <div
        className="panel"
        style={{ display: "flex", flexDirection: "column", flex: 1, minHeight: 260, overflow: "hidden" }}
      >
        {rows.loading ? <Loading rows={10} /> : null}
        {rows.error ? <Failure error={rows.error} what="session list" onRetry={rows.retry} /> : null}
        {!rows.loading && !rows.error ? (
          <>
            <SelectionBar
              total={rows.total}
              filtered={filter !== undefined}
              selected={selected.size}
              everything={everything}
              onEverything={() => {
                setSelected(new Set(rows.rows.map((row) => row._id)));
                setEverything(true);
              }}
              onClear={() => choose(new Set())}
            >
              {actions(chosenNodes)}
            </SelectionBar>
            <DataTable
              name={name}
              label="Sessions"
              columns={columns}
              {...rows}
              busy={rows.refreshing}
              sort={sort}
              onSort={(next) => change({ sort: sortText(next) })}
              selection={{
                ids: everything ? new Set(rows.rows.map((row) => row._id)) : selected,
                onChange: choose,
              }}
              onOpen={(row) => void navigate({ to: "/sessions/$s", params: { s: row._id } })}
              empty={filter === undefined ? empty : <NothingMatches onClear={clear} />}
            />
          </>
        ) : null}
      </div>
    </>
  );
}
