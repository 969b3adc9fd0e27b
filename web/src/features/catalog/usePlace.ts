import { useQuery } from "@tanstack/react-query";
import { containerQuery } from "@/api/queries";
import type { Parents } from "@/api/types";
import type { Crumb } from "@/ui/layout/crumbsContext";

function useLabel(
  plural: "projects" | "subjects" | "sessions" | "acquisitions",
  id: string | null | undefined,
): string {
  const { data } = useQuery({ ...containerQuery(plural, id ?? ""), enabled: Boolean(id), staleTime: 60_000 });
  return data?.label ?? "…";
}

/** The way from the projects down to something with these ancestors. */
export function usePlace(parents: Parents | undefined): Crumb[] {
  const project = useLabel("projects", parents?.project);
  const subject = useLabel("subjects", parents?.subject);
  const session = useLabel("sessions", parents?.session);
  const acquisition = useLabel("acquisitions", parents?.acquisition);
  const crumbs: Crumb[] = [{ label: "Projects", href: "/projects" }];
  if (parents?.project) crumbs.push({ label: project, href: `/projects/${parents.project}` });
  if (parents?.subject)
    crumbs.push({ label: subject, href: `/projects/${parents.project}/subjects/${parents.subject}` });
  if (parents?.session) crumbs.push({ label: session, href: `/sessions/${parents.session}` });
  if (parents?.acquisition) crumbs.push({ label: acquisition, href: `/acquisitions/${parents.acquisition}` });
  return crumbs;
}
