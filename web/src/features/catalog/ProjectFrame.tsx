import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { containerQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
import { BatchLink } from "@/parts/batch/BatchLink";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { mayRunAny } from "@/parts/jobs/rights";
import { PinButton } from "@/parts/pins/PinButton";
import { usePins } from "@/parts/pins/pins";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { TabLinks } from "@/ui/TabLinks";
import { DeleteButton } from "./DeleteButton";
import { LockBadge } from "./lock/LockBadge";
import { LockNote } from "./lock/LockNote";
import { NotebookButton } from "./NotebookButton";
import { ProjectString } from "./ProjectString";

/** Tabs of a project: the end of the address, the words, and the right without which it is not shown. */
const TABS = [
  { end: "", words: t("Sessions"), needs: null },
  { end: "/subjects", words: t("Subjects"), needs: null },
  { end: "/overview", words: t("Overview"), needs: null },
  { end: "/analyses", words: t("Analyses"), needs: "analyses_view_metadata" },
  { end: "/jobs", words: t("Jobs"), needs: "jobs_view" },
  { end: "/templates", words: t("Templates"), needs: "session_templates_view" },
  { end: "/rules", words: t("Rules"), needs: "gear_rules_view" },
  { end: "/deid", words: t("De-identification"), needs: null },
  { end: "/views", words: t("Data views"), needs: "data_views_view" },
  { end: "/permissions", words: t("Permissions"), needs: "project_permissions_view" },
  { end: "/settings", words: t("Settings"), needs: "settings_view" },
  { end: "/trash", words: t("Trash"), needs: "containers_delete_hierarchy" },
] as const;

const LONG_TABLES = ["", "/subjects", "/analyses", "/jobs"];

/** The frame of a project's pages: its name, what can be done with all of it, its tabs. */
export function ProjectFrame() {
  const { p } = useParams({ strict: false }) as { p: string };
  const { data: project, error, refetch } = useQuery(containerQuery("projects", p));
  const may = useMay(p);
  const { pins, toggle } = usePins();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useCrumbs([{ label: t("Projects"), href: "/projects" }, { label: project?.label ?? "" }]);
  if (error && !project) return <Failure error={error} what={t("project")} onRetry={() => void refetch()} />;
  if (!project) return <Loading />;
  const base = `/projects/${p}`;
  const end = path.slice(base.length).replace(/\/$/, "").replace("/sessions", "");
  const group = project.group_info?.label ?? project.group;
  return (
    <Page fill={LONG_TABLES.includes(end)}>
      <PageHead
        title={project.label}
        kind={rich("Project in {group}", {
          group: (
            <Link to="/groups/$g" params={{ g: project.group }}>
              {group}
            </Link>
          ),
        })}
        about={<ProjectString id={p} group={project.group} label={project.label} />}
        mark={
          <>
            <PinButton label={project.label} pinned={pins.includes(p)} onToggle={() => toggle(p)} />
            <LockBadge locked={project.locked} />
          </>
        }
        actions={
          <>
            {may("containers_delete_project") ? (
              <DeleteButton level="project" id={p} label={project.label} parents={project.parents} />
            ) : null}
            {may("files_download") ? <NotebookButton project={p} /> : null}
            {mayRunAny(may) ? <BatchLink project={p} /> : null}
            {may("files_download") ? (
              <DownloadButton nodes={[{ level: "project", _id: project._id }]} words={t("Download all")} />
            ) : null}
          </>
        }
      />
      <LockNote project={p} />
      <TabLinks
        label={t("Project")}
        tabs={TABS.filter((tab) => tab.needs === null || may(tab.needs)).map((tab) => ({
          href: `${base}${tab.end}`,
          words: tab.words,
          here: tab.end === "" ? end === "" : end.startsWith(tab.end),
        }))}
      />
      <Outlet />
    </Page>
  );
}
