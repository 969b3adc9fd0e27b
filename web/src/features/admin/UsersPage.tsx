import { Button, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { usersQuery } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import type { User } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { ago, count } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { personName } from "@/ui/people/person";
import { SearchField } from "@/ui/SearchField";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import { NewUserDialog } from "./NewUserDialog";

const STATES = [
  { value: "active", label: "Active" },
  { value: "disabled", label: "Disabled" },
];

function matches(user: User, q: string | undefined, state: string | undefined): boolean {
  if (state && (state === "disabled") !== user.disabled) return false;
  const words = `${user._id} ${user.firstname} ${user.lastname} ${user.email}`.toLowerCase();
  return !q || words.includes(q.toLowerCase());
}

/** Everybody who can log in. */
export function UsersPage() {
  const found = useQuery(usersQuery);
  const { q, state } = useSearch({ from: "/inside/framed/admin/users" });
  const navigate = useNavigate({ from: "/admin/users" });
  const admin = useIsAdmin();
  const [adding, dialog] = useDisclosure(false);
  useCrumbs([{ label: "Users" }]);
  const users = found.data ?? [];
  const rows = users.filter((user) => matches(user, q, state));
  const change = (part: { q?: string | undefined; state?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Page>
      <PageHead
        title="Users"
        about={found.data ? count(users.length, "user") : " "}
        actions={
          admin ? (
            <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
              Add user
            </Button>
          ) : null
        }
      />
      <FilterBar>
        <SearchField label="Name or e-mail contains" value={q} onChange={(text) => change({ q: text })} />
        <Select
          aria-label="State"
          placeholder="All states"
          clearable
          data={STATES}
          value={state ?? null}
          onChange={(value) => change({ state: value ?? undefined })}
        />
      </FilterBar>
      <Panel title="Users" flush>
        {found.isPending ? <Loading /> : null}
        {found.error && !found.data ? (
          <Failure error={found.error} what="user list" onRetry={() => void found.refetch()} />
        ) : null}
        {found.data && rows.length === 0 ? (
          <Message
            title={`0 of ${count(users.length, "user")} match`}
            action={
              <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                Clear filters
              </Button>
            }
          />
        ) : null}
        {rows.length > 0 ? (
          <SimpleTable
            label="Users"
            rows={rows}
            rowKey={(user) => user._id}
            columns={[
              {
                head: "Name",
                cell: (user) =>
                  admin ? (
                    <Link to="/admin/users/$u" params={{ u: user._id }}>
                      {personName(user, user._id)}
                    </Link>
                  ) : (
                    personName(user, user._id)
                  ),
              },
              { head: "E-mail", cell: (user) => user.email },
              {
                head: "Site role",
                cell: (user) => user.roles.map((role) => role.replaceAll("_", " ")).join(", "),
              },
              { head: "API keys", number: true, cell: (user) => user.api_keys?.length ?? "" },
              {
                head: "Last login",
                cell: (user) => (user.lastlogin ? ago(user.lastlogin) : admin ? "never" : ""),
              },
              {
                head: "State",
                cell: (user) => (
                  <StateMark
                    state={user.disabled ? "off" : "ok"}
                    words={user.disabled ? "disabled" : "active"}
                  />
                ),
              },
            ]}
          />
        ) : null}
      </Panel>
      {adding ? <NewUserDialog onClose={dialog.close} /> : null}
    </Page>
  );
}
