import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { allOf, contains } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useMe } from "@/api/queries";
import type { Collection } from "@/api/types";
import { plural, t, tIn } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { changedColumn, labelColumn, tagsColumn } from "../columns";
import { useFilterFields } from "../useFilterFields";
import { NewCollectionButton } from "./NewCollectionButton";

const ACCESS = {
  ro: tIn("I may", "read"),
  rw: tIn("I may", "change"),
  admin: tIn("I may", "administer"),
};

const columnsFor = (user: string): DataColumn<Collection>[] => [
  labelColumn(t("Collection")),
  {
    id: "curator",
    title: t("Curator"),
    width: 220,
    cell: (row) => row.curator,
    text: (row) => row.curator ?? "",
  },
  {
    id: "access",
    title: t("I may"),
    width: 120,
    cell: (row) => {
      const held = row.permissions.find((one) => one._id === user)?.access;
      return held ? ACCESS[held] : "";
    },
  },
  {
    id: "people",
    title: t("Shared with"),
    width: 110,
    number: true,
    cell: (row) => row.permissions.length - 1 || "",
  },
  tagsColumn(),
  changedColumn,
  {
    id: "description",
    title: t("Description"),
    width: 320,
    cell: (row) => row.description,
    text: (row) => row.description ?? "",
  },
];

/** Collections: sessions of many projects under one label. */
export function CollectionsPage() {
  const { user } = useMe();
  const navigate = useNavigate();
  const { search, change, clear } = useFilterFields();
  const columns = useMemo(() => columnsFor(user._id), [user._id]);
  useCrumbs([{ label: t("Collections") }]);
  const sort = readSort(search.sort, columns) ?? { field: "label", descending: false };
  const filter = allOf(search.q && contains("label", search.q));
  const rows = usePagedRows<Collection>("/collections", { filter, sort: sortText(sort) });
  return (
    <Page fill>
      <PageHead
        title={t("Collections")}
        about={rows.loading ? " " : plural(rows.total, "{count} collection", "{count} collections")}
        actions={<NewCollectionButton />}
      />
      <FilterBar>
        <SearchField label={t("Label contains")} value={search.q} onChange={(q) => change({ q })} />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="collections"
        label={t("Collections")}
        what={t("collection list")}
        columns={columns}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) => void navigate({ to: "/collections/$c", params: { c: row._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={
          <Message title={t("No collections yet")} action={<NewCollectionButton />}>
            {t(
              "Select sessions in a project, then “Add to collection”. A collection gathers sessions of any project; nothing is copied.",
            )}
          </Message>
        }
      />
    </Page>
  );
}
