/** What the user may do: controls without a right are not shown. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { containerQuery, useMe } from "@/api/queries";
import type { SelfPermissions } from "@/api/types";

export const permissionsQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: () => api.get<SelfPermissions>("/permissions/self"),
  staleTime: 60_000,
});

/** Whether the user may do this (an action of the catalogue at `/roles/actions`). */
export type May = (action: string) => boolean;

const ANYTHING: May = () => true;
const NOTHING: May = () => false;

export function useIsAdmin(): boolean {
  const { user } = useMe();
  return user.root || user.roles.includes("site_admin");
}

/** What a locked project refuses, whoever asks. */
const LOCKED =
  /^(containers|files|analyses)_(create|modify|delete|move)|^(tags|notes|session_templates|annotations)_manage$|^settings_modify$/;

/** What the user may do in a project now: what they hold, but for changes while it is locked. */
export function useMay(projectId: string | null | undefined): May {
  const held = useHeld(projectId);
  const { data } = useQuery({ ...containerQuery("projects", projectId ?? ""), enabled: Boolean(projectId) });
  return data?.locked ? (action) => !LOCKED.test(action) && held(action) : held;
}

/** What the user's roles in a project allow; nothing until that is known. */
export function useHeld(projectId: string | null | undefined): May {
  const admin = useIsAdmin();
  const { data } = useQuery({ ...permissionsQuery, enabled: !admin });
  if (admin) return ANYTHING;
  const held = data?.projects[projectId ?? ""]?.actions;
  return held ? (action) => held.includes(action) : NOTHING;
}

const STEPS = ["ro", "rw", "admin"] as const;

/** Whether the user has at least this access to a group. */
export function useMayInGroup(groupId: string): (access: (typeof STEPS)[number]) => boolean {
  const admin = useIsAdmin();
  const { data } = useQuery({ ...permissionsQuery, enabled: !admin });
  const held = data?.groups[groupId];
  return (access) => admin || (held !== undefined && STEPS.indexOf(held) >= STEPS.indexOf(access));
}

/** What one's access to a collection lets one do to its metadata. */
export function useMayInCollection(permissions: { _id: string; access: string }[] | undefined): May {
  const { user } = useMe();
  const admin = useIsAdmin();
  if (admin) return ANYTHING;
  const held = permissions?.find((one) => one._id === user._id)?.access;
  if (held === "admin") return ANYTHING;
  return held === "rw" ? (action) => action !== "containers_delete_hierarchy" : NOTHING;
}
