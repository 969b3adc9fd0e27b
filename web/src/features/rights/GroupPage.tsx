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
import { Nobody, PeopleEditor } from "@/parts/people/PeopleEditor";
import { Picker } from "@/parts/pick/Picker";
import { ROLES } from "@/parts/pick/source";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { count } from "@/ui/format";
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
  { value: "ro", label: "Read-only" },
  { value: "rw", label: "Read-write" },
  { value: "admin", label: "Admin" },
];

const MOST_PROJECTS = 200;

/** A group: who administers it, who its new projects start with, which roles they may give. */
export function GroupPage() {
  const { g } = useParams({ from: "/inside/framed/groups/$g" });
  const address = `/groups/${encodeURIComponent(g)}`;
  const found = useQuery({ queryKey: [LIVE, "groups", g], queryFn: () => api.get<Group>(address) });
  const group = found.data;
  useCrumbs([{ label: "Groups", href: "/groups" }, { label: group?.label || g }]);
  if (found.error && !group)
    return <Failure error={found.error} what="group" onRetry={() => void found.refetch()} />;
  if (!group) return <Loading />;
  return (
    <Page>
      <PageHead
        title={group.label || g}
        kind="Group"
        about={`fw://${g}`}
        actions={
          <LinkButton to="/groups/$g/deid" params={{ g }} variant="default">
            De-identification
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
    <Panel title="Members" flush>
      <PeopleEditor
        label="Members"
        given="Access"
        several={false}
        entries={group.permissions.map((entry) => ({ _id: entry._id, values: [entry.access] }))}
        choices={ACCESS}
        mayEdit={may("admin")}
        busy={change.isPending}
        empty={<Nobody>Members see the group and, as admins, create its projects.</Nobody>}
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
      title="Template of new projects"
      flush
      aside={
        may("admin") ? (
          <Checkbox
            size="xs"
            label="Change existing projects too"
            checked={propagate}
            onChange={(event) => setPropagate(event.currentTarget.checked)}
          />
        ) : null
      }
    >
      <PeopleEditor
        label="Template"
        given="Roles"
        several
        entries={group.permissions_template.map((entry) => ({ _id: entry._id, values: entry.role_ids }))}
        choices={choices}
        mayEdit={may("admin")}
        busy={change.isPending}
        empty={<Nobody>New projects start with their creator alone.</Nobody>}
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
      title="Projects"
      aside={
        found.data ? (
          <Text size="xs" c="dimmed">
            {count(found.data.total, "project")}
          </Text>
        ) : null
      }
    >
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error && !found.data ? <Failure error={found.error} what="project list" /> : null}
      {found.data && projects.length === 0 ? <span className="dim">None that you may see.</span> : null}
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
    <Panel title="Roles to give" flush>
      {choices.length === 0 ? <Message title="No roles known" /> : null}
      <SimpleTable
        label="Roles to give"
        rows={choices}
        rowKey={(role) => role.value}
        columns={[
          {
            head: "Role",
            cell: (role) => (
              <Link to="/admin/roles/$r" params={{ r: role.value }}>
                {role.label}
              </Link>
            ),
          },
          {
            head: "Take away",
            quiet: true,
            cell: (role) =>
              admin && !builtin.has(role.value) ? (
                <Tooltip label="Take away">
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={`Take the role ${role.label} from the group`}
                    onClick={() => change.mutate(() => api.delete(`${path}/${role.value}`))}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Tooltip>
              ) : builtin.has(role.value) ? (
                <span className="dim">built in</span>
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
          aria-label="Role to add"
          placeholder="Add a role"
          value={null}
          onChange={(_id) => _id && change.mutate(() => api.post(path, { _id }))}
        />
      ) : null}
    </Panel>
  );
}
