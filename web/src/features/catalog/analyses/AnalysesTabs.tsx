import { useNavigate, useParams } from "@tanstack/react-router";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import type { Analysis } from "@/api/types";
import { levelWord } from "@/i18n/levels";
import { t, tIn } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { Message } from "@/ui/Message";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { changedColumn, labelColumn, tagsColumn } from "../columns";
import { useFilterFields } from "../useFilterFields";

const COLUMNS: DataColumn<Analysis>[] = [
  labelColumn(t("Analysis")),
  { id: "on", title: tIn("analysis", "On"), width: 110, cell: (row) => levelWord(row.parent.type) },
  {
    id: "by",
    title: t("Made by"),
    width: 160,
    cell: (row) => (row.job ? tIn("made by", "a gear") : tIn("made by", "people")),
  },
  { id: "inputs", title: t("Inputs"), width: 80, number: true, cell: (row) => row.inputs?.length || "" },
  { id: "outputs", title: t("Outputs"), width: 80, number: true, cell: (row) => row.files?.length || "" },
  tagsColumn(),
  changedColumn,
];

/** Those of a project and of everything in it. */
export function ProjectAnalyses() {
  const { p } = useParams({ strict: false }) as { p: string };
  return (
    <Analyses path={`/projects/${p}/all/analyses`}>
      {t(
        "Gears that make analyses are run from the page of a session or an acquisition; the SDK adds those made elsewhere.",
      )}
    </Analyses>
  );
}

/** Those that people keep with a collection. */
export function CollectionAnalyses() {
  const { c } = useParams({ strict: false }) as { c: string };
  return (
    <Analyses path={`/collections/${c}/analyses`}>
      {t(
        "Results about the whole collection are added with the SDK. What gears make of its sessions lies with the sessions.",
      )}
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
        <SearchField label={t("Analysis contains")} value={search.q} onChange={(q) => change({ q })} />
        <SearchField label={t("Tag is")} value={search.tag} onChange={(tag) => change({ tag })} />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="analyses"
        label={t("Analyses")}
        what={t("list of analyses")}
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) => void navigate({ to: "/analyses/$a", params: { a: row._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={<Message title={t("No analyses yet")}>{children}</Message>}
      />
    </>
  );
}
