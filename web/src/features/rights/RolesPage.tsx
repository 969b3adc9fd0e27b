import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { rolesQuery } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import { Failure } from "@/ui/Failure";
import { count } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";

/** All roles: what projects can give people. */
export function RolesPage() {
  const found = useQuery(rolesQuery);
  const admin = useIsAdmin();
  useCrumbs([{ label: "Roles" }]);
  const roles = [...(found.data ?? [])].sort(
    (a, b) => Number(b.default_flywheel_role !== null) - Number(a.default_flywheel_role !== null),
  );
  return (
    <Page>
      <PageHead
        title="Roles"
        about={found.data ? count(roles.length, "role") : " "}
        actions={
          admin ? (
            <LinkButton to="/admin/roles/$r" params={{ r: "new" }} leftSection={<IconPlus size={16} />}>
              New role
            </LinkButton>
          ) : null
        }
      />
      <Panel title="Roles" flush>
        {found.isPending ? <Loading /> : null}
        {found.error && !found.data ? (
          <Failure error={found.error} what="role list" onRetry={() => void found.refetch()} />
        ) : null}
        {roles.length > 0 ? (
          <SimpleTable
            label="Roles"
            rows={roles}
            rowKey={(role) => role._id}
            columns={[
              {
                head: "Role",
                cell: (role) => (
                  <Link to="/admin/roles/$r" params={{ r: role._id }}>
                    {role.label}
                  </Link>
                ),
              },
              { head: "Kind", cell: (role) => (role.default_flywheel_role === null ? "own" : "built in") },
              { head: "Actions", number: true, cell: (role) => role.actions.length },
              {
                head: "State",
                cell: (role) => (
                  <StateMark
                    state={role.in_use ? "ok" : "off"}
                    words={role.in_use ? "in use" : "not in use"}
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
