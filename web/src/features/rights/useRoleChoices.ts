import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useMayInGroup } from "@/api/rights";
import type { Role } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import type { Choice } from "@/parts/people/PeopleEditor";

/** Admin, read-write, read-only: every project may give them. */
const BUILT_IN = [3, 2, 1].map((number) => String(number).padStart(24, "0"));

export const poolQuery = (group: string) => ({
  queryKey: ["roles", "pool", group],
  queryFn: () => api.get<Role[]>(`/groups/${encodeURIComponent(group)}/roles`),
  retry: false,
});

/** The roles a group's projects may give: the built-in ones and those of its pool. */
export function useRoleChoices(group: string): { roles: Role[]; choices: Choice[] } {
  const builtIn = useByIds<Role>("/roles", BUILT_IN);
  const member = useMayInGroup(group)("ro");
  const pool = useQuery({ ...poolQuery(group), enabled: member && group !== "" });
  const own = (pool.data ?? []).filter((role) => !BUILT_IN.includes(role._id));
  const roles = [...BUILT_IN.flatMap((id) => builtIn.get(id) ?? []), ...own];
  return { roles, choices: roles.map((role) => ({ value: role._id, label: role.label })) };
}
