import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { type Match, rulePath } from "./rule";

/** The files that a rule would start runs for, a page at a time; `next` goes on as `after`. */
export const useTrial = (project: string, rule: string, after: string | undefined) =>
  useQuery({
    queryKey: ["trial", project, rule, after ?? ""],
    queryFn: async () => {
      const { body, next } = await api.part<Match[]>(`${rulePath(project, rule)}/run`, { dry: true, after });
      return { matches: body, next };
    },
    gcTime: 0,
  });
