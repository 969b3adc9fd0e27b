import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export interface RowSearch {
  q?: string | undefined;
  subject?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  tag?: string | undefined;
  complete?: string | undefined;
  sort?: string | undefined;
}

/** The filters of a table as they stand in the address, and how to change them. */
export function useFilterFields() {
  const search: RowSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (part: RowSearch) =>
      void navigate({ to: ".", search: (old: RowSearch) => ({ ...old, ...part }), replace: true }),
    [navigate],
  );
  const clear = useCallback(
    () =>
      void navigate({
        to: ".",
        search: (old: RowSearch) => (old.sort ? { sort: old.sort } : {}),
        replace: true,
      }),
    [navigate],
  );
  return { search, change, clear };
}
