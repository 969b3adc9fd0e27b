import { Button, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { allOf, contains } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { useIsAdmin } from "@/api/rights";
import type { User } from "@/api/types";
import { plural, t, tIn } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { ago, dateTime } from "@/ui/format";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { personName } from "@/ui/person";
import { SearchField } from "@/ui/SearchField";
import { StateMark } from "@/ui/StateMark";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { NewUserDialog } from "./NewUserDialog";
import { roleWords } from "./siteRoles";

const STATES = [
  { value: "active", label: t("Active") },
  { value: "disabled", label: t("Disabled") },
];

const ALL: DataColumn<User>[] = [
  {
    id: "name",
    title: t("Name"),
    width: 220,
    sort: "lastname",
    cell: (user) => <b style={{ fontWeight: 550 }}>{personName(user, user._id)}</b>,
    text: (user) => personName(user, user._id),
  },
  {
    id: "email",
    title: t("E-mail"),
    width: 280,
    sort: "email",
    cell: (user) => user.email,
    text: (user) => user.email,
  },
  { id: "role", title: t("Site role"), width: 170, cell: (user) => roleWords(user.roles) },
  {
    id: "state",
    title: t("State"),
    width: 120,
    sort: "disabled",
    cell: (user) => (
      <StateMark state={user.disabled ? "off" : "ok"} words={user.disabled ? t("disabled") : t("active")} />
    ),
  },
];
const FOR_ADMINS: DataColumn<User>[] = [
  {
    id: "login",
    title: t("Last login"),
    width: 140,
    sort: "lastlogin",
    cell: (user) => (user.lastlogin ? ago(user.lastlogin) : <span className="dim">{t("never")}</span>),
    text: (user) => dateTime(user.lastlogin),
  },
  {
    id: "keys",
    title: t("API keys"),
    width: 100,
    number: true,
    cell: (user) => user.api_keys?.length || <span className="dim">{tIn("keys", "none")}</span>,
  },
];
const EVERYTHING = [...ALL, ...FOR_ADMINS];

/** Everybody who can log in. */
export function UsersPage() {
  const { q, state, sort: order } = useSearch({ from: "/inside/framed/admin/users" });
  const navigate = useNavigate({ from: "/admin/users" });
  const admin = useIsAdmin();
  const [adding, dialog] = useDisclosure(false);
  useCrumbs([{ label: t("Users") }]);
  const columns = admin ? EVERYTHING : ALL;
  const sort = readSort(order, columns) ?? { field: "lastname", descending: false };
  const filter = allOf(q && contains("search", q), state && `disabled=${state === "disabled"}`);
  const rows = usePagedRows<User>("/users", { filter, sort: sortText(sort) });
  const change = (part: { q?: string | undefined; state?: string | undefined; sort?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const clear = () => void navigate({ search: {}, replace: true });
  return (
    <Page fill>
      <PageHead
        title={t("Users")}
        about={rows.loading ? " " : plural(rows.total, "{count} user", "{count} users")}
        actions={
          admin ? (
            <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
              {t("Add user")}
            </Button>
          ) : null
        }
      />
      <FilterBar>
        <SearchField label={t("Name or e-mail")} value={q} onChange={(text) => change({ q: text })} />
        <Select
          aria-label={t("State")}
          placeholder={t("All states")}
          clearable
          data={STATES}
          value={state ?? null}
          onChange={(value) => change({ state: value ?? undefined })}
        />
        <ClearFilters shown={filter !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="users"
        label={t("Users")}
        what={t("user list")}
        columns={columns}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(user) => admin && void navigate({ to: "/admin/users/$u", params: { u: user._id } })}
        filtered={filter !== undefined}
        onClear={clear}
        empty={<Message title={t("No users yet")} />}
      />
      {adding ? <NewUserDialog onClose={dialog.close} /> : null}
    </Page>
  );
}
