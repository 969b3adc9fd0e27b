import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import type { RoleUses } from "@/api/types";
import { plural, t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import classes from "./RoleUsers.module.css";

/** Whom the role reaches: a change is theirs at once. */
export function RoleUsers({ roleId, changing }: { roleId: string; changing: boolean }) {
  const found = useQuery({
    queryKey: ["roles", roleId, "uses"],
    queryFn: () => api.get<RoleUses>(`/x/roles/${roleId}/uses`),
  });
  const uses = found.data;
  const reach = uses
    ? plural(uses.total_projects, "{people} in {count} project", "{people} in {count} projects", {
        people: plural(uses.total_users, "{count} person", "{count} people"),
      })
    : "";
  return (
    <Panel title={t("Used by")} aside={uses ? <span className="dim">{reach}</span> : null}>
      {found.isPending ? <Loading rows={2} /> : null}
      {found.error ? <Failure error={found.error} what={t("list of uses")} /> : null}
      {uses && changing && uses.total_users > 0 ? (
        <Text size="sm" c="var(--warn)" mb={6}>
          {t("Saving changes what {reach} may do, at once.", { reach })}
        </Text>
      ) : null}
      {uses?.projects.length === 0 ? (
        <span className="dim">{t("Nobody has this role in a project.")}</span>
      ) : null}
      <ul className={classes.list} aria-label={t("Projects")}>
        {uses?.projects.map((project) => (
          <li key={project._id}>
            <Link to="/projects/$p/permissions" params={{ p: project._id }} className="cut">
              {project.label}
            </Link>
            <span className="dim">{plural(project.users, "{count} person", "{count} people")}</span>
          </li>
        ))}
      </ul>
      {uses && uses.total_projects > uses.projects.length ? (
        <Text size="xs" c="dimmed">
          {plural(
            uses.total_projects - uses.projects.length,
            "and {count} more project",
            "and {count} more projects",
          )}
        </Text>
      ) : null}
      {uses && uses.groups.length > 0 ? (
        <>
          <Text size="xs" c="dimmed" mt="sm">
            {t("Groups that may give it")}
          </Text>
          <ul className={classes.list} aria-label={t("Groups")}>
            {uses.groups.map((group) => (
              <li key={group._id}>
                <Link to="/groups/$g" params={{ g: group._id }} className="cut">
                  {group.label || group._id}
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Panel>
  );
}
