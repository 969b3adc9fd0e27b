import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { containerQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { TabLinks } from "@/ui/TabLinks";
import { DeleteButton } from "./DeleteButton";
import { DownloadButton } from "./DownloadButton";
import { Overview } from "./Overview";
import { SessionsTable } from "./SessionsTable";
import { SubjectsTable } from "./SubjectsTable";

type Tab = "sessions" | "subjects" | "overview";

function ProjectFrame({ tab, children }: { tab: Tab; children: (project: Project) => ReactNode }) {
  const { p } = useParams({ strict: false }) as { p: string };
  const { data: project, error, refetch } = useQuery(containerQuery("projects", p));
  useCrumbs([{ label: "Projects", href: "/projects" }, { label: project?.label ?? "" }]);
  if (error && !project) return <Failure error={error} what="project" onRetry={() => void refetch()} />;
  if (!project) return <Loading />;
  const base = `/projects/${p}`;
  return (
    <Page fill={tab !== "overview"}>
      <PageHead
        title={project.label}
        kind={`Project in ${project.group_info?.label ?? project.group}`}
        actions={
          <>
            <DeleteButton level="project" id={p} label={project.label} parents={project.parents} />
            <DownloadButton nodes={[{ level: "project", _id: project._id }]} words="Download all" />
          </>
        }
      />
      <TabLinks
        label="Project"
        tabs={[
          { href: base, words: "Sessions", here: tab === "sessions" },
          { href: `${base}/subjects`, words: "Subjects", here: tab === "subjects" },
          { href: `${base}/overview`, words: "Overview", here: tab === "overview" },
        ]}
      />
      {children(project)}
    </Page>
  );
}

/** A project's sessions: its default tab. */
export function ProjectSessions() {
  return <ProjectFrame tab="sessions">{(project) => <SessionsTable project={project} />}</ProjectFrame>;
}

/** A project's subjects. */
export function ProjectSubjects() {
  return <ProjectFrame tab="subjects">{(project) => <SubjectsTable project={project} />}</ProjectFrame>;
}

/** What a project is, its files, tags, notes and metadata. */
export function ProjectOverview() {
  return <ProjectFrame tab="overview">{(project) => <Overview project={project} />}</ProjectFrame>;
}
