/** Gear rules of a project: documents, and what they say in words. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Json } from "@/api/types";
import { t, tIn } from "@/i18n/text";

export const LISTS = {
  all: tIn("conditions", "all of"),
  any: tIn("conditions", "one of"),
  not: tIn("conditions", "none of"),
};
export type List = keyof typeof LISTS;

export const CONDITIONS = {
  "file.type": t("file type"),
  "file.modality": t("file modality"),
  "file.name": t("file name"),
  "file.classification": t("file classification"),
  "file.tags": t("file tag"),
  "gear.name": t("made by gear"),
  "gear.version": t("made by gear version"),
  "file.parent_ref.type": t("file lies in (level)"),
  "container.has-type": t("beside a file of type"),
  "container.has-classification": t("beside a file classified"),
};

export interface Condition {
  type: string;
  value: string;
  regex: boolean;
}

export interface Rule extends Record<List, Condition[]> {
  _id: string;
  name: string;
  gear_id: string;
  role_id: string | null;
  config: Record<string, Json>;
  fixed_inputs: Json[];
  triggering_input: string | null;
  auto_update: boolean;
  disabled: boolean;
}

export interface Firing {
  _id: string;
  at: string;
  outcome: "job" | "repeated" | "ambiguous" | "refused" | "paused";
  reason: string | null;
  job_id: string | null;
  file_id: string | null;
  file_name: string | null;
}

export interface Match {
  file_id: string;
  version: number;
  name: string;
  job_id: string | null;
  /** Why nothing can be started for it. */
  reason: string | null;
}

const pathOf = (project: string) => `/projects/${project}/rules`;

export const rulePath = (project: string, rule: string) => `${pathOf(project)}/${rule}`;

export const rulesQuery = (project: string) =>
  queryOptions({
    queryKey: [LIVE, "rules", project],
    queryFn: () => api.get<Rule[]>(pathOf(project)),
  });

export const firingsQuery = (project: string, rule: string) =>
  queryOptions({
    queryKey: [LIVE, "rules", project, rule, "firings"],
    queryFn: () => api.get<Firing[]>(`${rulePath(project, rule)}/firings`, { limit: 10 }),
  });

/** Makes a rule, or changes one. */
export const saveRule = (project: string, id: string | undefined, body: object) =>
  id ? api.put(rulePath(project, id), body) : api.post(pathOf(project), body);

function one({ type, value, regex }: Condition): string {
  const what = CONDITIONS[type as keyof typeof CONDITIONS] ?? type;
  return regex
    ? t("{what} matches {pattern}", { what, pattern: `/${value}/` })
    : t("{what} is {value}", { what, value });
}

/** When a rule fires, a line for each list that says something. */
export const conditionWords = (rule: Record<List, Condition[]>): string[] =>
  (Object.keys(LISTS) as List[])
    .filter((list) => rule[list].length > 0)
    .map((list) => `${LISTS[list]}: ${rule[list].map(one).join("; ")}`);

/** Conditions as rows of the editor, each with its list. */
export type Row = Condition & { list: List };

export const rowsOf = (rule: Record<List, Condition[]>): Row[] =>
  (Object.keys(LISTS) as List[]).flatMap((list) => rule[list].map((condition) => ({ ...condition, list })));

export function listsOf(rows: Row[]): Record<List, Condition[]> {
  const lists: Record<List, Condition[]> = { all: [], any: [], not: [] };
  for (const { list, type, value, regex } of rows) lists[list].push({ type, value: value.trim(), regex });
  return lists;
}
