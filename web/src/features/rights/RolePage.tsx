import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { actionsQuery, roleQuery } from "@/api/queries";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { RoleEditor } from "./RoleEditor";

/** One role; the address `new` makes one, from a copy when `copy` names a role. */
export function RolePage() {
  const { r } = useParams({ from: "/inside/framed/admin/roles/$r" });
  const { copy } = useSearch({ from: "/inside/framed/admin/roles/$r" });
  const from = r === "new" ? copy : r;
  const role = useQuery({ ...roleQuery(from ?? ""), enabled: from !== undefined });
  const actions = useQuery(actionsQuery);
  const source = role.data;
  useCrumbs([
    { label: t("Roles"), href: "/admin/roles" },
    { label: r === "new" ? t("New role") : (source?.label ?? "") },
  ]);
  const failed = role.error ?? actions.error;
  if (failed) return <Failure error={failed} what={t("role")} onRetry={() => void role.refetch()} />;
  if ((from && !source) || !actions.data) return <Loading />;
  return (
    <RoleEditor
      key={`${r} ${copy ?? ""}`}
      role={r === "new" ? null : (source ?? null)}
      copied={r === "new" ? (source ?? null) : null}
      actions={actions.data}
    />
  );
}
