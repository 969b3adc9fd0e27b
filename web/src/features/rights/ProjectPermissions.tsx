import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { LIVE, useProject } from "@/api/queries";
import { permissionsQuery, useMay } from "@/api/rights";
import type { Role, RoleEntry } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Nobody, PeopleEditor } from "@/parts/people/PeopleEditor";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { EffectiveActions } from "./EffectiveActions";
import { useRoleChoices } from "./useRoleChoices";

/** Who is in a project, with which roles, and what those allow together. */
export function ProjectPermissions() {
  const { p } = useParams({ strict: false }) as { p: string };
  const project = useProject(p);
  const path = `/projects/${p}/permissions`;
  const found = useQuery({ queryKey: [LIVE, path], queryFn: () => api.get<RoleEntry[]>(path) });
  const { roles, choices } = useRoleChoices(project.group);
  const known = new Map(roles.map((role) => [role._id, role]));
  const given = roles.length > 0 ? (found.data?.flatMap((entry) => entry.role_ids) ?? []) : [];
  const others = useByIds<Role>(
    "/roles",
    given.filter((id) => !known.has(id)),
  );
  const held = new Map([...known, ...others]);
  const mayEdit = useMay(p)("project_permissions_manage");
  const change = useChange((send: () => Promise<unknown>) => send(), permissionsQuery.queryKey);
  const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const labels = new Map([...held].map(([id, role]) => [id, role.label]));
  return (
    <Columns
      main={
        <Panel
          title={t("People")}
          flush
          aside={
            <LinkButton to="/who/$c" params={{ c: p }} size="compact-sm" variant="subtle">
              {t("Who can see this, and why?")}
            </LinkButton>
          }
        >
          {found.isPending ? <Loading rows={3} /> : null}
          {found.error && !found.data ? (
            <Failure error={found.error} what={t("permission list")} onRetry={() => void found.refetch()} />
          ) : null}
          {found.data ? (
            <PeopleEditor
              label={t("People")}
              given={t("Roles")}
              several
              entries={found.data.map((entry) => ({ _id: entry._id, values: entry.role_ids }))}
              choices={choices}
              labels={labels}
              mayEdit={mayEdit}
              busy={change.isPending}
              empty={<Nobody>{t("Only site administrators can see this project.")}</Nobody>}
              onAdd={(_id, role_ids) => change.mutateAsync(() => api.post(path, { _id, role_ids }))}
              onChange={(id, role_ids) => change.mutate(() => api.put(one(id), { role_ids }))}
              onRemove={(id) => change.mutateAsync(() => api.delete(one(id)))}
            />
          ) : null}
        </Panel>
      }
      side={<EffectiveActions entries={found.data ?? []} roles={[...held.values()]} />}
    />
  );
}
