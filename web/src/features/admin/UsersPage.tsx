import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "@/api/queries";
import { Failure } from "@/ui/Failure";
import { ago, count } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";

/** Everybody who can log in. */
export function UsersPage() {
  const found = useQuery(usersQuery);
  useCrumbs([{ label: "Users" }]);
  const users = found.data ?? [];
  return (
    <Page>
      <PageHead title="Users" about={found.data ? count(users.length, "user") : " "} />
      <Panel title="Users" flush>
        {found.isPending ? <Loading /> : null}
        {found.error && !found.data ? (
          <Failure error={found.error} what="user list" onRetry={() => void found.refetch()} />
        ) : null}
        {users.length > 0 ? (
          <SimpleTable
            label="Users"
            rows={users}
            rowKey={(user) => user._id}
            columns={[
              { head: "Name", cell: (user) => [user.firstname, user.lastname].filter(Boolean).join(" ") },
              { head: "E-mail", cell: (user) => user.email },
              {
                head: "Site role",
                cell: (user) => user.roles.map((role) => role.replaceAll("_", " ")).join(", "),
              },
              { head: "API keys", number: true, cell: (user) => user.api_keys?.length ?? 0 },
              { head: "Last login", cell: (user) => (user.lastlogin ? ago(user.lastlogin) : "never") },
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
    </Page>
  );
}
