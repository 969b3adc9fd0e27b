import { useQuery } from "@tanstack/react-query";
import { listQuery } from "@/api/queries";
import { permissionsQuery, useIsAdmin } from "@/api/rights";
import type { Group } from "@/api/types";
import { among, asked, GROUPS, type Source } from "@/parts/pick/source";

const UNROUTED = "unknown";

export interface OwnGroups {
  source: Source<Group>;
  mayAdd: boolean;
  none: boolean;
  /** The id, when there is only one. */
  only: string | null;
}

/** The groups in which the user may make projects, and whether they may make groups; null until known. */
export function useOwnGroups(): OwnGroups | null {
  const mayAdd = useIsAdmin();
  const permissions = useQuery({ ...permissionsQuery, enabled: !mayAdd });
  const mine = Object.entries(permissions.data?.groups ?? {}).flatMap(([id, access]) =>
    access === "admin" && id !== UNROUTED ? [id] : [],
  );
  const source = mayAdd ? { ...GROUPS, only: `_id!=${UNROUTED}` } : among(GROUPS, mine);
  const few = useQuery({
    ...listQuery<Group>("/groups", { filter: asked(source, ""), limit: 2 }),
    enabled: mayAdd || mine.length > 0,
  });
  if (!mayAdd && permissions.data && mine.length === 0) return { source, mayAdd, none: true, only: null };
  if (!few.data) return null;
  const [first] = few.data.results;
  return {
    source,
    mayAdd,
    none: few.data.total === 0,
    only: few.data.total === 1 && first ? first._id : null,
  };
}
