import { IconPlus } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { allOf, contains } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useIsAdmin } from "@/api/rights";
import type { Role } from "@/api/types";
import { plural, t } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { LinkButton } from "@/ui/LinkButton";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { SearchField } from "@/ui/SearchField";
import { StateMark } from "@/ui/StateMark";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";

const COLUMNS: DataColumn<Role>[] = [
  {
    id: "label",
    title: t("Role"),
    width: 320,
    sort: "label",
    cell: (role) => <b style={{ fontWeight: 550 }}>{role.label}</b>,
    text: (role) => role.label,
  },
  {
    id: "kind",
    title: t("Kind"),
    width: 120,
    sort: "default_flywheel_role",
    cell: (role) => (role.default_flywheel_role === null ? t("own") : t("built in")),
  },
  { id: "actions", title: t("Actions"), width: 100, number: true, cell: (role) => role.actions.length },
  {
    id: "state",
    title: t("State"),
    width: 130,
    cell: (role) => (
      <StateMark state={role.in_use ? "ok" : "off"} words={role.in_use ? t("in use") : t("not in use")} />
    ),
  },
];

/** All roles: what projects can give people. */
export function RolesPage() {
  const { q, sort: order } = useSearch({ from: "/inside/framed/admin/roles" });
  const navigate = useNavigate({ from: "/admin/roles" });
  const admin = useIsAdmin();
  useCrumbs([{ label: t("Roles") }]);
  const sort = readSort(order, COLUMNS) ?? { field: "default_flywheel_role", descending: false };
  const filter = allOf(q && contains("label", q));
  const rows = usePagedRows<Role>("/roles", { filter, sort: sortText(sort) });
  const clear = () => void navigate({ search: {}, replace: true });
  const change = (part: { q?: string | undefined; sort?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Page fill>
      <PageHead
        title={t("Roles")}
        about={rows.loading ? " " : plural(rows.total, "{count} role", "{count} roles")}
        actions={
          admin ? (
            <LinkButton to="/admin/roles/$r" params={{ r: "new" }} leftSection={<IconPlus size={16} />}>
              {t("New role")}
            </LinkButton>
          ) : null
        }
      />
      <FilterBar>
        <SearchField label={t("Role contains")} value={q} onChange={(text) => change({ q: text })} />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="roles"
        label={t("Roles")}
        what={t("role list")}
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(role) => void navigate({ to: "/admin/roles/$r", params: { r: role._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={<Message title={t("No roles yet")} />}
      />
    </Page>
  );
}
