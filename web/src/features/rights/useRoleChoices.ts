import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { rolesQuery } from "@/api/queries";
import { useMayInGroup } from "@/api/rights";
import type { Role } from "@/api/types";
import type { Choice } from "@/ui/people/PeopleEditor";

export const poolQuery = (group: string) => ({
  queryKey: ["roles", "pool", group],
  queryFn: () => api.get<Role[]>(`/groups/${encodeURIComponent(group)}/roles`),
  retry: false,
});

/** The roles a group's projects may give: the built-in ones and those of its pool. */
export function useRoleChoices(group: string): { roles: Role[]; choices: Choice[] } {
  const all = useQuery(rolesQuery);
  const member = useMayInGroup(group)("ro");
  const pool = useQuery({ ...poolQuery(group), enabled: member });
  const pooled = new Set(pool.data?.map((role) => role._id));
  const roles = all.data ?? [];
  const givable = roles.filter((role) => role.default_flywheel_role !== null || pooled.has(role._id));
  return { roles, choices: givable.map((role) => ({ value: role._id, label: role.label })) };
}
