import type { Project } from "@/api/types";
import { useByIds } from "@/api/useByIds";

/** Labels of these projects by id. */
export function useProjectLabels(ids: string[]): (id: string) => string {
  const found = useByIds<Project>("/projects", ids);
  return (id) => found.get(id)?.label ?? "";
}
