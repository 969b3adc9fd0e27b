import { NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DownloadNode } from "@/api/download";
import { allOf, between, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import type { Session } from "@/api/types";
import { useProjectLabels } from "@/api/useProjectLabels";
import { t, tIn } from "@/i18n/text";
import { ComplianceMark } from "@/parts/compliance/ComplianceMark";
import { ClearFilters } from "@/ui/ClearFilters";
import { DateField } from "@/ui/DateField";
import { FilterBar } from "@/ui/FilterBar";
import { age, dateTime } from "@/ui/format";
import { SearchField } from "@/ui/SearchField";
import { ColumnMenu } from "@/ui/table/ColumnMenu";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { SelectionBar } from "@/ui/table/SelectionBar";
import { labelColumn, receivedColumn, tagsColumn } from "./columns";
import { useFilterFields } from "./useFilterFields";
import { useSelection } from "./useSelection";

const COLUMNS: DataColumn<Session>[] = [
  labelColumn(t("Session")),
  {
    id: "subject",
    title: t("Subject"),
    width: 170,
    sort: "subject.label",
    cell: (row) => row.subject?.label,
    text: (row) => row.subject?.label ?? "",
  },
  {
    id: "timestamp",
    title: t("Scanned"),
    width: 150,
    sort: "timestamp",
    cell: (row) => dateTime(row.timestamp),
    text: (row) => [row.timestamp, row.timezone].filter(Boolean).join(" "),
  },
  { id: "age", title: t("Age"), width: 76, number: true, sort: "age", cell: (row) => age(row.age) },
  {
    id: "operator",
    title: t("Operator"),
    width: 140,
    sort: "operator",
    cell: (row) => row.operator,
    text: (row) => row.operator ?? "",
  },
  tagsColumn(),
  receivedColumn,
  {
    id: "weight",
    title: t("Weight"),
    width: 90,
    number: true,
    sort: "weight",
    hidden: true,
    cell: (row) => (row.weight === null ? "" : `${row.weight} kg`),
  },
  {
    id: "uid",
    title: t("Study UID"),
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
  /** The project has session templates: shown is which sessions comply. */
  judged?: boolean;
  /** The rows come from several projects: theirs is shown. */
  ofManyProjects?: boolean;
  actions: (nodes: () => Promise<DownloadNode[]>) => ReactNode;
  empty: ReactNode;
}

const COMPLETE: DataColumn<Session> = {
  id: "complete",
  title: t("Completeness"),
  width: 130,
  sort: "satisfies_template",
  cell: (row) => <ComplianceMark complete={row.satisfies_template} />,
};

const COMPLETENESS = [
  { value: "", label: t("Complete or not") },
  { value: "yes", label: tIn("completeness", "Complete") },
  { value: "no", label: t("Incomplete") },
];

const projectColumn = (label: (id: string) => string): DataColumn<Session> => ({
  id: "project",
  title: t("Project"),
  width: 180,
  cell: (row) => label(row.project),
  text: (row) => label(row.project),
});

/** Sessions of a project or collection: filtered, sorted and paged by the server, any number of them. */
export function SessionsTable({
  path,
  name,
  ofManyProjects = false,
  judged = false,
  actions,
  empty,
}: SessionsTableProps) {
  const navigate = useNavigate();
  const { search, change, clear } = useFilterFields();
  const sort = readSort(search.sort, [...COLUMNS, COMPLETE]) ?? { field: "timestamp", descending: true };
  const filter = allOf(
    search.q && contains("label", search.q),
    search.subject && contains("subject.label", search.subject),
    search.tag && equals("tags", search.tag),
    judged && search.complete && `satisfies_template=${search.complete === "yes"}`,
    ...between("timestamp", search.from, search.to),
  );
  const rows = usePagedRows<Session>(path, { filter, sort: sortText(sort) });
  const label = useProjectLabels(ofManyProjects ? rows.rows.map((row) => row.project) : []);
  const own = judged ? [...COLUMNS.slice(0, 2), COMPLETE, ...COLUMNS.slice(2)] : COLUMNS;
  const columns = ofManyProjects ? [...COLUMNS.slice(0, 2), projectColumn(label), ...COLUMNS.slice(2)] : own;
  const chosen = useSelection({ level: "session", path, filter }, rows);
  return (
    <>
      <FilterBar end={<ColumnMenu name={name} columns={columns} />}>
        <SearchField label={t("Session contains")} value={search.q} onChange={(q) => change({ q })} />
        <SearchField
          label={t("Subject contains")}
          value={search.subject}
          onChange={(subject) => change({ subject })}
        />
        <SearchField label={t("Tag is")} value={search.tag} onChange={(tag) => change({ tag })} />
        {judged ? (
          <NativeSelect
            aria-label={t("Completeness")}
            data={COMPLETENESS}
            value={search.complete ?? ""}
            onChange={(event) => change({ complete: event.currentTarget.value || undefined })}
          />
        ) : null}
        <DateField
          label={t("Scanned from")}
          mark={t("From")}
          value={search.from}
          onChange={(from) => change({ from })}
        />
        <DateField
          label={t("Scanned until")}
          mark={t("To")}
          value={search.to}
          onChange={(to) => change({ to })}
        />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name={name}
        label={t("Sessions")}
        what={t("session list")}
        columns={columns}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        selection={chosen.selection}
        onOpen={(row) => void navigate({ to: "/sessions/$s", params: { s: row._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={empty}
        above={<SelectionBar {...chosen.bar}>{actions(chosen.nodes)}</SelectionBar>}
      />
    </>
  );
}
