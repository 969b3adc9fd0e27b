import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { containerQuery, LIVE } from "@/api/queries";
import type { Page, Parents } from "@/api/types";
import { t } from "@/i18n/text";
import type { Crumb } from "@/ui/layout/crumbsContext";

// From the innermost outwards; a project is asked for by itself, since its page needs more of it than a label.
const INNER = ["acquisition", "session", "subject"] as const;

type Labelled = { label: string };
type Row = Labelled & Partial<Record<(typeof INNER)[number], Labelled>>;
type Labels = Partial<Record<(typeof INNER)[number], string>>;

const ONLY_LABEL = { fields: ["label"] };

/** The labels of a container and of those it is in, by one call. */
function labelsQuery(parents: Parents | undefined) {
  const [deepest, ...above] = INNER.filter((level) => parents?.[level]);
  const id = deepest && parents?.[deepest];
  return queryOptions({
    queryKey: [LIVE, "labels", deepest, id],
    queryFn: async (): Promise<Labels> => {
      const joins = Object.fromEntries(above.map((level) => [level, ONLY_LABEL]));
      const spec = { [`${deepest}s`]: { ...ONLY_LABEL, filter: `_id=${id}`, ...joins } };
      const [row] = (await api.post<Page<Row>>("/tree", spec)).results;
      const outer = above.map((level) => [level, row?.[level]?.label]);
      return Object.fromEntries([[deepest, row?.label], ...outer]);
    },
    enabled: Boolean(id),
    staleTime: 60_000,
  });
}

/** The way from the projects down to something with these ancestors. */
export function usePlace(parents: Parents | undefined): Crumb[] {
  const id = parents?.project;
  const project = useQuery({ ...containerQuery("projects", id ?? ""), enabled: Boolean(id) });
  const labels = useQuery(labelsQuery(parents)).data;
  const crumbs: Crumb[] = [{ label: t("Projects"), href: "/projects" }];
  const add = (label: string | undefined, href: string) => crumbs.push({ label: label ?? "…", href });
  if (id) add(project.data?.label, `/projects/${id}`);
  if (parents?.subject) add(labels?.subject, `/projects/${id}/subjects/${parents.subject}`);
  if (parents?.session) add(labels?.session, `/sessions/${parents.session}`);
  if (parents?.acquisition) add(labels?.acquisition, `/acquisitions/${parents.acquisition}`);
  return crumbs;
}
