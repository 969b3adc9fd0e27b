import { useNavigate, useParams } from "@tanstack/react-router";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useProject } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Subject } from "@/api/types";
import { t } from "@/i18n/text";
import { BulkEditButton } from "@/parts/bulkedit/BulkEditButton";
import { AddToCollectionButton } from "@/parts/collect/AddToCollectionButton";
import { collectNodes } from "@/parts/collect/collectNodes";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { SelectionBar } from "@/ui/table/SelectionBar";
import { changedColumn, labelColumn, receivedColumn, tagsColumn } from "./columns";
import { valueWord } from "./details/valueWords";
import { NothingHere } from "./NothingHere";
import { useFilterFields } from "./useFilterFields";
import { useSelection } from "./useSelection";

const COLUMNS: DataColumn<Subject>[] = [
  labelColumn(t("Subject")),
  { id: "sex", title: t("Sex"), width: 100, sort: "sex", cell: (row) => valueWord(row.sex) },
  { id: "cohort", title: t("Cohort"), width: 110, sort: "cohort", cell: (row) => valueWord(row.cohort) },
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
  const path = `/projects/${project._id}/subjects`;
  const rows = usePagedRows<Subject>(path, { filter, sort: sortText(sort) });
  const may = useMay(p);
  const chosen = useSelection({ level: "subject", path, filter }, rows);
  return (
    <>
      <FilterBar>
        <SearchField label={t("Subject contains")} value={search.q} onChange={(q) => change({ q })} />
        <SearchField label={t("Tag is")} value={search.tag} onChange={(tag) => change({ tag })} />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="subjects"
        label={t("Subjects")}
        what={t("subject list")}
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        selection={chosen.selection}
        onOpen={(row) =>
          void navigate({ to: "/projects/$p/subjects/$s", params: { p: project._id, s: row._id } })
        }
        filtered={filter !== undefined}
        onClear={clear}
        empty={<NothingHere group={project.group} project={project.label} />}
        above={
          <SelectionBar {...chosen.bar}>
            {may("containers_modify_metadata") || may("tags_manage") ? (
              <BulkEditButton level="subjects" ids={chosen.ids} />
            ) : null}
            <AddToCollectionButton add={collectNodes(chosen.nodes)} />
            {may("files_download") ? <DownloadButton nodes={chosen.nodes} primary /> : null}
          </SelectionBar>
        }
      />
    </>
  );
}
