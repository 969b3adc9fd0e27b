import { useNavigate, useParams } from "@tanstack/react-router";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import type { Analysis } from "@/api/types";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { Message } from "@/ui/Message";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { changedColumn, labelColumn, tagsColumn } from "../columns";
import { useFilterFields } from "../useFilterFields";

const COLUMNS: DataColumn<Analysis>[] = [
  labelColumn("Analysis"),
  { id: "on", title: "On", width: 110, cell: (row) => row.parent.type },
  {
    id: "by",
    title: "Made by",
    width: 160,
    cell: (row) => (row.job ? "a gear" : "people"),
  },
  { id: "inputs", title: "Inputs", width: 80, number: true, cell: (row) => row.inputs?.length || "" },
  { id: "outputs", title: "Outputs", width: 80, number: true, cell: (row) => row.files?.length || "" },
  tagsColumn(),
  changedColumn,
];

/** Those of a project and of everything in it. */
export function ProjectAnalyses() {
  const { p } = useParams({ strict: false }) as { p: string };
  return (
    <Analyses path={`/projects/${p}/all/analyses`}>
      Gears that make analyses are run from the page of a session or an acquisition; the SDK adds those made
      elsewhere.
    </Analyses>
  );
}

/** Those that people keep with a collection. */
export function CollectionAnalyses() {
  const { c } = useParams({ strict: false }) as { c: string };
  return (
    <Analyses path={`/collections/${c}/analyses`}>
      Results about the whole collection are added with the SDK. What gears make of its sessions lies with the
      sessions.
    </Analyses>
  );
}

function Analyses({ path, children }: { path: string; children: string }) {
  const navigate = useNavigate();
  const { search, change, clear } = useFilterFields();
  const sort = readSort(search.sort, COLUMNS) ?? { field: "modified", descending: true };
  const filter = allOf(search.q && contains("label", search.q), search.tag && equals("tags", search.tag));
  const rows = usePagedRows<Analysis>(path, { filter, sort: sortText(sort) });
  return (
    <>
      <FilterBar>
        <SearchField label="Analysis contains" value={search.q} onChange={(q) => change({ q })} />
        <SearchField label="Tag is" value={search.tag} onChange={(tag) => change({ tag })} />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="analyses"
        label="Analyses"
        what="list of analyses"
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) => void navigate({ to: "/analyses/$a", params: { a: row._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={<Message title="No analyses yet">{children}</Message>}
      />
    </>
  );
}
