import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { oneOf } from "@/api/filters";
import { listQuery } from "@/api/queries";

const AT_ONCE = 100;

/** The documents with these ids out of a list address, by id; a few are asked for together. */
export function useByIds<T extends { _id: string }>(path: string, ids: string[]): Map<string, T> {
  const wanted = [...new Set(ids)].sort();
  const parts = Array.from({ length: Math.ceil(wanted.length / AT_ONCE) }, (_, part) =>
    wanted.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );
  const found = useQueries({
    queries: parts.map((part) => ({
      ...listQuery<T>(path, { filter: oneOf("_id", part), limit: AT_ONCE }),
      placeholderData: keepPreviousData,
    })),
  });
  return new Map(found.flatMap((query) => query.data?.results ?? []).map((row) => [row._id, row]));
}
