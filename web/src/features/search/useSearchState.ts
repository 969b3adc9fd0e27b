import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { SearchState } from "./search";

/** The search as it stands in the address, and how to change parts of it. */
export function useSearchState() {
  const state = useSearch({ from: "/inside/framed/search" });
  const navigate = useNavigate({ from: "/search" });
  const change = useCallback(
    (part: SearchState, { replace = false } = {}) =>
      void navigate({ to: "/search", search: (old) => ({ ...old, ...part }), replace }),
    [navigate],
  );
  const open = useCallback((next: SearchState) => void navigate({ to: "/search", search: next }), [navigate]);
  return { state, change, open };
}
