import { ActionIcon, Checkbox, Text, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { equals } from "@/api/filters";
import { LIVE, listQuery } from "@/api/queries";
import { permissionsQuery, useIsAdmin, useMayInGroup } from "@/api/rights";
import type { Group, Project } from "@/api/types";
import { useChange } from "@/api/useChange";
import { plural, t } from "@/i18n/text";
import { Nobody, PeopleEditor } from "@/parts/people/PeopleEditor";
import { Picker } from "@/parts/pick/Picker";
import { ROLES } from "@/parts/pick/source";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { useRoleChoices } from "./useRoleChoices";

const ACCESS = [
  { value: "ro", label: t("Read-only") },
  { value: "rw", label: t("Read-write") },
  { value: "admin", label: t("Admin") },
];

const MOST_PROJECTS = 200;

/** A group: who administers it, who its new projects start with, which roles they may give. */
export function GroupPage() {
  const { g } = useParams({ from: "/inside/framed/groups/$g" });
  const address = `/groups/${encodeURIComponent(g)}`;
  const found = useQuery({ queryKey: [LIVE, "groups", g], queryFn: () => api.get<Group>(address) });
  const group = found.data;
  useCrumbs([{ label: t("Groups"), href: "/groups" }, { label: group?.label || g }]);
  if (found.error && !group)
    return <Failure error={found.error} what={t("group")} onRetry={() => void found.refetch()} />;
  if (!group) return <Loading />;
  return (
    <Page>
      <PageHead
        title={group.label || g}
        kind={t("Group")}
        about={`fw://${g}`}
        actions={
          <LinkButton to="/groups/$g/deid" params={{ g }} variant="default">
            {t("De-identification")}
          </LinkButton>
        }
      />
      <Columns
        main={
          <>
            <Members group={group} />
            <Template group={group} />
          </>
        }
        side={
          <>
            <Projects group={g} />
            <Pool group={g} />
          </>
        }
      />
    </Page>
  );
}

function Members({ group }: { group: Group }) {
  const path = `/groups/${encodeURIComponent(group._id)}/permissions`;
  const may = useMayInGroup(group._id);
  const change = useChange((send: () => Promise<unknown>) => send(), permissionsQuery.queryKey);
  const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
  return (
    <Panel title={t("Members")} flush>
      <PeopleEditor
        label={t("Members")}
        given={t("Access")}
        several={false}
        entries={group.permissions.map((entry) => ({ _id: entry._id, values: [entry.access] }))}
        choices={ACCESS}
        mayEdit={may("admin")}
        busy={change.isPending}
        empty={<Nobody>{t("Members see the group and, as admins, create its projects.")}</Nobody>}
        onAdd={(_id, [access]) => change.mutateAsync(() => api.post(path, { _id, access }))}
        onChange={(id, [access]) => change.mutate(() => api.put(one(id), { access }))}
        onRemove={(id) => change.mutateAsync(() => api.delete(one(id)))}
      />
    </Panel>
  );
}

function Template({ group }: { group: Group }) {
  const path = `/groups/${encodeURIComponent(group._id)}/permissions/templates`;
  const may = useMayInGroup(group._id);
  const { choices } = useRoleChoices(group._id);
  const [propagate, setPropagate] = useState(false);
  const change = useChange((send: () => Promise<unknown>) => send(), permissionsQuery.queryKey);
  const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
  return (
    <Panel
      title={t("Template of new projects")}
      flush
      aside={
        may("admin") ? (
          <Checkbox
            size="xs"
            label={t("Change existing projects too")}
            checked={propagate}
            onChange={(event) => setPropagate(event.currentTarget.checked)}
          />
        ) : null
      }
    >
      <PeopleEditor
        label={t("Template")}
        given={t("Roles")}
        several
        entries={group.permissions_template.map((entry) => ({ _id: entry._id, values: entry.role_ids }))}
        choices={choices}
        mayEdit={may("admin")}
        busy={change.isPending}
        empty={<Nobody>{t("New projects start with their creator alone.")}</Nobody>}
        onAdd={(_id, role_ids) => change.mutateAsync(() => api.post(path, { _id, role_ids }, { propagate }))}
        onChange={(id, role_ids) => change.mutate(() => api.put(one(id), { role_ids }, { propagate }))}
        onRemove={(id) => change.mutateAsync(() => api.delete(one(id), { propagate }))}
      />
    </Panel>
  );
}

function Projects({ group }: { group: string }) {
  const found = useQuery(
    listQuery<Project>("/projects", {
      filter: equals("group", group),
      sort: "label:asc",
      limit: MOST_PROJECTS,
    }),
  );
  const projects = found.data?.results ?? [];
  return (
    <Panel
      title={t("Projects")}
      aside={
        found.data ? (
          <Text size="xs" c="dimmed">
            {plural(found.data.total, "{count} project", "{count} projects")}
          </Text>
        ) : null
      }
    >
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error && !found.data ? <Failure error={found.error} what={t("project list")} /> : null}
      {found.data && projects.length === 0 ? (
        <span className="dim">{t("None that you may see.")}</span>
      ) : null}
      <ul style={{ margin: 0, padding: 0, listStyle: "none", maxHeight: 320, overflowY: "auto" }}>
        {projects.map((project) => (
          <li key={project._id} className="cut" style={{ padding: "3px 0" }}>
            <Link to="/projects/$p" params={{ p: project._id }}>
              {project.label}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Pool({ group }: { group: string }) {
  const admin = useIsAdmin();
  const { roles, choices } = useRoleChoices(group);
  const path = `/groups/${encodeURIComponent(group)}/roles`;
  const change = useChange((send: () => Promise<unknown>) => send(), ["roles"]);
  const builtin = new Set(
    roles.filter((role) => role.default_flywheel_role !== null).map((role) => role._id),
  );
  return (
    <Panel title={t("Roles to give")} flush>
      {choices.length === 0 ? <Message title={t("No roles known")} /> : null}
      <SimpleTable
        label={t("Roles to give")}
        rows={choices}
        rowKey={(role) => role.value}
        columns={[
          {
            head: t("Role"),
            cell: (role) => (
              <Link to="/admin/roles/$r" params={{ r: role.value }}>
                {role.label}
              </Link>
            ),
          },
          {
            head: t("Take away"),
            quiet: true,
            cell: (role) =>
              admin && !builtin.has(role.value) ? (
                <Tooltip label={t("Take away")}>
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={t("Take the role {label} from the group", { label: role.label })}
                    onClick={() => change.mutate(() => api.delete(`${path}/${role.value}`))}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Tooltip>
              ) : builtin.has(role.value) ? (
                <span className="dim">{t("built in")}</span>
              ) : null,
          },
        ]}
      />
      {admin ? (
        <Picker
          source={ROLES}
          taken={choices.map((role) => role.value)}
          m={14}
          size="xs"
          aria-label={t("Role to add")}
          placeholder={t("Add a role")}
          value={null}
          onChange={(_id) => _id && change.mutate(() => api.post(path, { _id }))}
        />
      ) : null}
    </Panel>
  );
}
