import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { allOf, contains } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useMe } from "@/api/queries";
import type { Group } from "@/api/types";
import { plural, t, tIn } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { LinkButton } from "@/ui/LinkButton";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { SearchField } from "@/ui/SearchField";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";

const ACCESS = { ro: tIn("I may", "read"), rw: tIn("I may", "change"), admin: tIn("I may", "administer") };

const columnsFor = (user: string): DataColumn<Group>[] => [
  {
    id: "label",
    title: t("Group"),
    width: 280,
    sort: "label",
    cell: (row) => <b style={{ fontWeight: 550 }}>{row.label || row._id}</b>,
    text: (row) => row.label,
  },
  {
    id: "id",
    title: t("Routing string"),
    width: 240,
    sort: "_id",
    cell: (row) => `fw://${row._id}`,
    text: (row) => `fw://${row._id}`,
  },
  {
    id: "access",
    title: t("I may"),
    width: 130,
    cell: (row) => {
      const held = row.permissions.find((one) => one._id === user)?.access;
      return held ? ACCESS[held as keyof typeof ACCESS] : "";
    },
  },
  {
    id: "people",
    title: t("Members"),
    width: 110,
    number: true,
    cell: (row) => row.permissions.length || "",
  },
];

/** All groups the user may see: each leads to its people, its projects and what new ones start with. */
export function GroupsPage() {
  const { user } = useMe();
  const { q, sort: order } = useSearch({ from: "/inside/framed/groups" });
  const navigate = useNavigate({ from: "/groups" });
  const columns = useMemo(() => columnsFor(user._id), [user._id]);
  useCrumbs([{ label: t("Groups") }]);
  const sort = readSort(order, columns) ?? { field: "label", descending: false };
  const filter = allOf(q && contains("label", q));
  const rows = usePagedRows<Group>("/groups", { filter, sort: sortText(sort) });
  const clear = () => void navigate({ search: {}, replace: true });
  const change = (part: { q?: string | undefined; sort?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Page fill>
      <PageHead
        title={t("Groups")}
        about={rows.loading ? " " : plural(rows.total, "{count} group", "{count} groups")}
      />
      <FilterBar>
        <SearchField label={t("Label contains")} value={q} onChange={(text) => change({ q: text })} />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="groups"
        label={t("Groups")}
        what={t("group list")}
        columns={columns}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) => void navigate({ to: "/groups/$g", params: { g: row._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={
          <Message
            title={t("No groups yet")}
            action={
              <LinkButton to="/projects" variant="default">
                {t("Open projects")}
              </LinkButton>
            }
          >
            {t("A group is made with its first project.")}
          </Message>
        }
      />
    </Page>
  );
}
