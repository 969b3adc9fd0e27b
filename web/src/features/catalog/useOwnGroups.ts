import { useQuery } from "@tanstack/react-query";
import { groupsQuery, useMe } from "@/api/queries";
import type { Group } from "@/api/types";

const UNROUTED = "unknown";

/** The groups in which the user may make projects, and whether they may make groups; null until known. */
export function useOwnGroups(): { groups: Group[]; mayAdd: boolean } | null {
  const { user } = useMe();
  const { data } = useQuery(groupsQuery);
  if (!data) return null;
  const mayAdd = user.root || user.roles.includes("site_admin");
  const administers = (group: Group) =>
    mayAdd || group.permissions.some((one) => one._id === user._id && one.access === "admin");
  const groups = data.results.filter((group) => group._id !== UNROUTED && administers(group));
  return { groups, mayAdd };
}
