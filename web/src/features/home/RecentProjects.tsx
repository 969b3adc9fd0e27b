import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { ago } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import classes from "./RecentProjects.module.css";

/** The projects changed last. */
export function RecentProjects() {
  const found = useQuery(listQuery<Project>("/projects", { sort: "modified:desc", limit: 6 }));
  const projects = found.data?.results ?? [];
  return (
    <Panel
      title={t("Recent projects")}
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
