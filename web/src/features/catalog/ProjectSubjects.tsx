import { useNavigate, useParams } from "@tanstack/react-router";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useProject } from "@/api/queries";
import type { Subject } from "@/api/types";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { changedColumn, labelColumn, receivedColumn, tagsColumn } from "./columns";
import { NothingHere } from "./NothingHere";
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
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="subjects"
        label="Subjects"
        what="subject list"
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) =>
          void navigate({ to: "/projects/$p/subjects/$s", params: { p: project._id, s: row._id } })
        }
        filtered={filter !== undefined}
        onClear={clear}
        empty={<NothingHere group={project.group} project={project.label} />}
      />
    </>
  );
}
