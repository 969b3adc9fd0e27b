import { infiniteQueryOptions, keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { after } from "@/api/pages";
import type {
  Acquisition,
  Action,
  Analysis,
  Collection,
  FileDoc,
  FileVersion,
  Instance,
  LoginMethods,
  Me,
  Misrouted,
  Modality,
  Page,
  Project,
  Role,
  RoutingAlias,
  RoutingPreview,
  SecondFactor,
  Session,
  Subject,
  User,
} from "@/api/types";

/** Queries under this key show what scanners and other people change: the event stream refreshes them. */
export const LIVE = "live";

/** Who is logged in; null when nobody is, which is no error. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => (await api.get<LoginMethods>("/x/login")).me,
  staleTime: 5 * 60_000,
  retry: false,
});

export const loginMethodsQuery = queryOptions({
  queryKey: ["login-methods"],
  queryFn: () => api.get<LoginMethods>("/x/login"),
  staleTime: 5 * 60_000,
});

export const secondFactorQuery = queryOptions({
  queryKey: ["me", "totp"],
  queryFn: () => api.get<SecondFactor>("/x/me/totp"),
});

/** Who is logged in; only inside pages that need a login. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("useMe outside a logged-in page");
  return data;
}

interface Documents {
  projects: Project;
  subjects: Subject;
  sessions: Session;
  acquisitions: Acquisition;
  collections: Collection;
  analyses: Analysis;
}
export type Plural = keyof Documents;

/** One container of a level. */
export const containerQuery = <P extends Plural>(plural: P, id: string) =>
  queryOptions({
    queryKey: [LIVE, plural, id],
    queryFn: () => api.get<Documents[P]>(`/${plural}/${encodeURIComponent(id)}`),
  });

/** The project whose pages these are; only inside its frame, which waits for it. */
export function useProject(id: string): Project {
  const { data } = useQuery(containerQuery("projects", id));
  if (!data) throw new Error("useProject outside a project's page");
  return data;
}

export type ListParams = {
  filter?: string | undefined;
  sort?: string | undefined;
  limit?: number;
  page?: number;
  stats?: boolean;
  include_parent_info?: boolean;
  all_versions?: boolean;
  include_invalid?: boolean;
  project_id?: string | undefined;
  exhaustive?: boolean;
};

/** One page of the rows of `path` (a list address below `/api`). */
export const listQuery = <T>(path: string, params: ListParams = {}) =>
  queryOptions({
    queryKey: [LIVE, path, params],
    // Pages that are scrolled past before they have come are given up.
    queryFn: ({ signal }) => api.get<Page<T>>(path, params, signal),
  });

export const fileQuery = (id: string, version?: number) =>
  queryOptions({
    queryKey: [LIVE, "files", id, version ?? null],
    queryFn: () => api.get<FileDoc>(`/files/${encodeURIComponent(id)}`, { version }),
  });

export const fileVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: [LIVE, "files", id, "versions"],
    queryFn: () => api.get<FileVersion[]>(`/files/${encodeURIComponent(id)}/versions`),
  });

export const instancesQuery = (fileId: string, version?: number) =>
  queryOptions({
    queryKey: ["instances", fileId, version ?? null],
    queryFn: async () => {
      const found = await api.get<{ instances: Instance[] }>(`/x/files/${fileId}/instances`, { version });
      return found.instances;
    },
  });

/** The worklist in pages, oldest first. */
export const misroutedQuery = (asked: { search?: string | undefined; reason?: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: [LIVE, "misrouted", asked],
    queryFn: ({ pageParam }) =>
      api.get<Page<Misrouted>>("/connector/misrouted", { ...asked, limit: 100, after_id: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: after((row: Misrouted) => row.session._id),
    placeholderData: keepPreviousData,
  });

export const aliasesQuery = queryOptions({
  queryKey: [LIVE, "aliases"],
  queryFn: () => api.get<RoutingAlias[]>("/connector/aliases", { limit: 500 }),
});

/** What a routing string would do, as a scanner with these options would read it. */
export const routingQuery = (asked: { string: string; device?: string; config?: Record<string, unknown> }) =>
  queryOptions({
    queryKey: [LIVE, "routing", asked],
    queryFn: () => api.post<RoutingPreview>("/connector/routing/preview", asked),
  });

export const modalitiesQuery = queryOptions({
  queryKey: ["modalities"],
  queryFn: () => api.get<Modality[]>("/modalities"),
  staleTime: Number.POSITIVE_INFINITY,
});

export const roleQuery = (id: string) =>
  queryOptions({ queryKey: ["roles", id], queryFn: () => api.get<Role>(`/roles/${id}`) });

export const actionsQuery = queryOptions({
  queryKey: ["roles", "actions"],
  queryFn: () => api.get<Action[]>("/roles/actions"),
  staleTime: Number.POSITIVE_INFINITY,
});

export const selfQuery = queryOptions({
  queryKey: ["users", "self"],
  queryFn: () => api.get<User>("/users/self"),
});
