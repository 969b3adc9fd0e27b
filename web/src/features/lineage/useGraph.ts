import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { containerQuery, LIVE } from "@/api/queries";
import type { Analysis } from "@/api/types";
import { type Lineage, merged, type Thing, type Walked } from "./graph";

export const KINDS = ["file", "job", "analysis"] as const;
export type Kind = (typeof KINDS)[number];

interface Asked {
  kind: Kind;
  id: string;
  depth: number;
  version?: number | undefined;
}

/** Where the server answers something. */
export interface Address {
  path: string;
  query: { depth: number; version: number | undefined; limit: number };
}

const MOST = 500;

const addressOf = ({ kind, id, depth, version }: Asked): Address => ({
  path: `/${kind === "file" ? "files" : "jobs"}/${encodeURIComponent(id)}/lineage`,
  query: { depth, version, limit: MOST },
});

const crateOf = (asked: Asked): Address => {
  const { path, query } = addressOf(asked);
  return { path: `/x${path}/crate`, query };
};

const lineageQuery = (asked: Asked) =>
  queryOptions({
    queryKey: [LIVE, "lineage", asked.kind, asked.id, asked.depth, asked.version ?? null],
    queryFn: async (): Promise<Walked> => {
      const { path, query } = addressOf(asked);
      const walk = (direction: string) => api.get<Lineage>(path, { direction, ...query });
      const [up, down] = await Promise.all([walk("up"), walk("down")]);
      return {
        graph: merged(up, down),
        not_shown: up.not_shown + down.not_shown,
        truncated: up.truncated || down.truncated,
      };
    },
    placeholderData: keepPreviousData,
  });

/** What people say an analysis was made of: there is no run to ask. */
function byHand(analysis: Analysis): Walked {
  const root: Thing = {
    kind: "analysis",
    id: analysis._id,
    depth: 0,
    label: analysis.label,
    created: analysis.created,
  };
  const files = (some: Analysis["files"], depth: number): Thing[] =>
    some.map((file) => ({
      kind: "file",
      id: `${file.file_id} ${file.version}`,
      depth,
      file_id: file.file_id,
      version: file.version,
      name: file.name,
      type: file.type,
      size: file.size,
      parent: file.parent_ref,
      parents: file.parents,
      origin: file.origin as { type: string; id: string | null },
      deleted: false,
      created: file.created,
    }));
  const [inputs, outputs] = [files(analysis.inputs ?? [], -1), files(analysis.files ?? [], 1)];
  const edges = [
    ...inputs.map(({ id }) => ({ from: id, to: root.id })),
    ...outputs.map(({ id }) => ({ from: root.id, to: id })),
  ];
  return {
    graph: { root: root.id, nodes: [root, ...inputs, ...outputs], edges },
    not_shown: 0,
    truncated: false,
  };
}

/** The graph around a file, a job or an analysis, which a gear's run or people made. */
export function useGraph(asked: Asked) {
  const isAnalysis = asked.kind === "analysis";
  const analysis = useQuery({ ...containerQuery("analyses", asked.id), enabled: isAnalysis });
  const job = analysis.data?.job;
  const walkable = job ? { ...asked, kind: "job" as const, id: job } : asked;
  const walked = useQuery({ ...lineageQuery(walkable), enabled: !isAnalysis || Boolean(job) });
  const handmade = isAnalysis && analysis.data && !job;
  return {
    found: handmade ? byHand(analysis.data) : walked.data,
    error: analysis.error ?? walked.error,
    retry: () => void (analysis.error ? analysis : walked).refetch(),
    /** The same as a crate; none of what people put together, for nothing ran. */
    crate: handmade ? null : crateOf(walkable),
    /** Of an analysis of people more is known only from each of its files. */
    mayGoFurther: !handmade,
    refreshing: walked.isFetching,
  };
}
