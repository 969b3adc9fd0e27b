import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { allIds, type DownloadNode } from "@/api/download";
import { allOf, between, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useMay } from "@/api/rights";
import type { Project, Session } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { age, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { ColumnMenu } from "@/ui/table/ColumnMenu";
import { DataTable } from "@/ui/table/DataTable";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { AddToCollectionButton } from "./collections/AddToCollectionButton";
import { labelColumn, receivedColumn, tagsColumn } from "./columns";
import { DownloadButton } from "./DownloadButton";
import { NothingHere } from "./NothingHere";
import { SelectionBar } from "./SelectionBar";
import { TextFilter } from "./TextFilter";
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

/** A project's sessions: filtered, sorted and paged by the server, any number of them. */
export function SessionsTable({ project }: { project: Project }) {
  const navigate = useNavigate();
  const may = useMay(project._id);
  const { search, change, clear } = useFilterFields();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const sort = readSort(search.sort, COLUMNS) ?? { field: "timestamp", descending: true };
  const filter = allOf(
    search.q && contains("label", search.q),
    search.subject && contains("subject.label", search.subject),
    search.tag && equals("tags", search.tag),
    ...between("timestamp", search.from, search.to),
  );
  const path = `/projects/${project._id}/sessions`;
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
      <FilterBar end={<ColumnMenu name="sessions" columns={COLUMNS} />}>
        <TextFilter label="Session contains" value={search.q} onChange={(q) => change({ q })} />
        <TextFilter
          label="Subject contains"
          value={search.subject}
          onChange={(subject) => change({ subject })}
        />
        <TextFilter label="Tag is" value={search.tag} onChange={(tag) => change({ tag })} />
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
              <AddToCollectionButton nodes={chosenNodes} />
              {may("files_download") ? <DownloadButton nodes={chosenNodes} primary /> : null}
            </SelectionBar>
            <DataTable
              name="sessions"
              label="Sessions"
              columns={COLUMNS}
              {...rows}
              busy={rows.refreshing}
              sort={sort}
              onSort={(next) => change({ sort: sortText(next) })}
              selection={{
                ids: everything ? new Set(rows.rows.map((row) => row._id)) : selected,
                onChange: choose,
              }}
              onOpen={(row) => void navigate({ to: "/sessions/$s", params: { s: row._id } })}
              empty={
                <NothingHere
                  filtered={filter !== undefined}
                  onClear={clear}
                  group={project.group}
                  project={project.label}
                />
              }
            />
          </>
        ) : null}
      </div>
    </>
  );
}
