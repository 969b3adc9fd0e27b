import { Button } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useProject } from "@/api/queries";
import type { Subject } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { Loading } from "@/ui/Loading";
import { SearchField } from "@/ui/SearchField";
import { DataTable } from "@/ui/table/DataTable";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { changedColumn, labelColumn, receivedColumn, tagsColumn } from "./columns";
import { NothingHere, NothingMatches } from "./NothingHere";
import { useFilterFields } from "./useFilterFields";

const COLUMNS: DataColumn<Subject>[] = [
  labelColumn("Subject"),
  { id: "sex", title: "Sex", width: 100, sort: "sex", cell: (row) => row.sex },
  { id: "cohort", title: "Cohort", width: 110, sort: "cohort", cell: (row) => row.cohort },
  tagsColumn(),
  receivedColumn,
  changedColumn,
];

/** A project's subjects. */
export function ProjectSubjects() {
  const { p } = useParams({ strict: false }) as { p: string };
  const project = useProject(p);
  const navigate = useNavigate();
  const { search, change, clear } = useFilterFields();
  const sort = readSort(search.sort, COLUMNS) ?? { field: "label", descending: false };
  const filter = allOf(search.q && contains("label", search.q), search.tag && equals("tags", search.tag));
  const rows = usePagedRows<Subject>(`/projects/${project._id}/subjects`, { filter, sort: sortText(sort) });
  return (
    <>
      <FilterBar>
        <SearchField label="Subject contains" value={search.q} onChange={(q) => change({ q })} />
        <SearchField label="Tag is" value={search.tag} onChange={(tag) => change({ tag })} />
        {filter ? (
          <Button variant="subtle" color="gray" onClick={clear}>
            Clear filters
          </Button>
        ) : null}
      </FilterBar>
      <div className="panel" style={{ display: "flex", flex: 1, minHeight: 260, overflow: "hidden" }}>
        {rows.loading ? <Loading rows={10} /> : null}
        {rows.error ? <Failure error={rows.error} what="subject list" onRetry={rows.retry} /> : null}
        {!rows.loading && !rows.error ? (
          <DataTable
            name="subjects"
            label="Subjects"
            columns={COLUMNS}
            {...rows}
            busy={rows.refreshing}
            sort={sort}
            onSort={(next) => change({ sort: sortText(next) })}
            onOpen={(row) =>
              void navigate({ to: "/projects/$p/subjects/$s", params: { p: project._id, s: row._id } })
            }
            empty={
              filter === undefined ? (
                <NothingHere group={project.group} project={project.label} />
              ) : (
                <NothingMatches onClear={clear} />
              )
            }
          />
        ) : null}
      </div>
    </>
  );
}
