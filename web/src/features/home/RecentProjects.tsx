import { Anchor } from "@mantine/core";
import { IconStarFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import { t } from "@/i18n/text";
import { usePins } from "@/parts/pins/pins";
import { Failure } from "@/ui/Failure";
import { ago } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import classes from "./RecentProjects.module.css";

/** The pinned projects, then those changed last. */
export function RecentProjects() {
  const found = useQuery(listQuery<Project>("/projects", { sort: "modified:desc", limit: 6 }));
  const { pins } = usePins();
  const known = useByIds<Project>("/projects", pins);
  const pinned = pins.flatMap((id) => known.get(id) ?? []);
  const recent = (found.data?.results ?? []).filter(({ _id }) => !known.has(_id));
  const projects = [...pinned, ...recent];
  return (
    <Panel
      title={pinned.length > 0 ? t("Projects") : t("Recent projects")}
      flush
      aside={
        <Anchor component={Link} to="/projects" size="sm">
          {t("All projects")}
        </Anchor>
      }
    >
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error ? (
        <Failure error={found.error} what={t("project list")} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data && projects.length === 0 ? (
        <Message title={t("No projects yet")}>
          {t("You see a project here as soon as you have a role in it.")}
        </Message>
      ) : null}
      <ul className={classes.list}>
        {projects.map((project) => (
          <li key={project._id}>
            <Link to="/projects/$p" params={{ p: project._id }} className={classes.link}>
              <span className="cut">
                {known.has(project._id) ? (
                  <IconStarFilled className={classes.pin} size={13} role="img" aria-label={t("Pinned")} />
                ) : null}
                {project.label}
                <span className={classes.group}>{project.group_info?.label ?? project.group}</span>
              </span>
              <span className={classes.when}>{ago(project.modified)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
