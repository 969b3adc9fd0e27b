import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { actionsQuery, rolesQuery } from "@/api/queries";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { RoleEditor } from "./RoleEditor";

/** One role; the address `new` makes one, from a copy when `copy` names a role. */
export function RolePage() {
  const { r } = useParams({ from: "/inside/framed/admin/roles/$r" });
  const { copy } = useSearch({ from: "/inside/framed/admin/roles/$r" });
  const roles = useQuery(rolesQuery);
  const actions = useQuery(actionsQuery);
  const source = roles.data?.find((role) => role._id === (r === "new" ? copy : r));
  useCrumbs([
    { label: "Roles", href: "/admin/roles" },
    { label: r === "new" ? "New role" : (source?.label ?? "") },
  ]);
  const failed = roles.error ?? actions.error;
  if (failed) return <Failure error={failed} what="role" onRetry={() => void roles.refetch()} />;
  if (!roles.data || !actions.data) return <Loading />;
  if (r !== "new" && !source)
    return <Failure error={Object.assign(new Error("gone"), { status: 404 })} what="role" />;
  return (
    <RoleEditor
      key={`${r} ${copy ?? ""}`}
      role={r === "new" ? null : (source ?? null)}
      copied={r === "new" ? (source ?? null) : null}
      actions={actions.data}
    />
  );
}
