import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { oneOf } from "@/api/filters";
import { listQuery } from "@/api/queries";
import type { Project } from "@/api/types";

/** Labels of these projects by id, asked for together. */
export function useProjectLabels(ids: string[]): (id: string) => string {
  const wanted = [...new Set(ids)].sort();
  const { data } = useQuery({
    ...listQuery<Project>("/projects", { filter: oneOf("_id", wanted), limit: 100 }),
    placeholderData: keepPreviousData,
    enabled: wanted.length > 0,
  });
  return (id) => data?.results.find((project) => project._id === id)?.label ?? "";
}
