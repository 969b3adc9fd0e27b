/** What was made of what: the part of it that is shown, and where on the picture each thing lies. */
import type { JobState } from "@/api/jobs";
import type { Level, Parents } from "@/api/types";

interface FileNode {
  kind: "file";
  id: string;
  depth: number;
  file_id: string;
  version: number;
  name: string;
  type: string | null;
  size: number;
  parent: { type: Level; id: string };
  parents: Parents;
  origin: { type: string; id: string | null };
  deleted: boolean;
  created: string;
}

interface JobNode {
  kind: "job";
  id: string;
  depth: number;
  label: string | null;
  state: JobState;
  gear_info: { name: string; version: string };
  destination: { type: Level; id: string };
  origin: { type: string; id: string | null };
  created: string;
}

/** An analysis that people put together; those of gears are what a job made. */
interface AnalysisNode {
  kind: "analysis";
  id: string;
  depth: number;
  label: string;
  created: string;
}

/** Files that only one job reads or made, drawn as one. */
interface BundleNode {
  kind: "bundle";
  id: string;
  depth: number;
  job: string;
  count: number;
}

export type Thing = FileNode | JobNode | AnalysisNode;
export type Node = Thing | BundleNode;

export interface Edge {
  from: string;
  to: string;
}

/** One direction as the server walks it. */
export interface Lineage {
  root: string;
  nodes: Thing[];
  edges: Edge[];
  not_shown: number;
  truncated: boolean;
}

export interface Graph<N extends Node = Thing> {
  root: string;
  nodes: N[];
  edges: Edge[];
}

/** What is known of both directions. */
export interface Walked {
  graph: Graph;
  not_shown: number;
  truncated: boolean;
}

/** Both directions as one: what lies before has a negative depth. */
export function merged(up: Lineage, down: Lineage): Graph {
  const before = up.nodes.map((node) => ({ ...node, depth: -node.depth || 0 }));
  const known = new Set(before.map((node) => node.id));
  const lines = new Map([...up.edges, ...down.edges].map((edge) => [`${edge.from} ${edge.to}`, edge]));
  return {
    root: up.root,
    nodes: [...before, ...down.nodes.filter((node) => !known.has(node.id))],
    edges: [...lines.values()],
  };
}

const MOST_FILES = 6;

/** The same with the files that only one job knows drawn as one, where they are many. */
export function bundled({ root, nodes, edges }: Graph): Graph<Node> {
  const lines = new Map<string, Edge[]>();
  for (const edge of edges)
    for (const id of [edge.from, edge.to]) lines.set(id, [...(lines.get(id) ?? []), edge]);
  const bundles = new Map<string, { bundle: BundleNode; files: Set<string>; edge: Edge }>();
  for (const node of nodes) {
    const [edge, another] = lines.get(node.id) ?? [];
    if (node.kind !== "file" || node.id === root || !edge || another) continue;
    const reads = edge.from === node.id;
    const job = reads ? edge.to : edge.from;
    const id = `${job} ${reads ? "in" : "out"}`;
    const found = bundles.get(id) ?? {
      bundle: { kind: "bundle", id, depth: node.depth, job, count: 0 },
      files: new Set<string>(),
      edge: reads ? { from: id, to: job } : { from: job, to: id },
    };
    found.files.add(node.id);
    found.bundle.count += 1;
    bundles.set(id, found);
  }
  const many = [...bundles.values()].filter(({ files }) => files.size > MOST_FILES);
  const away = new Set(many.flatMap(({ files }) => [...files]));
  return {
    root,
    nodes: [...nodes.filter(({ id }) => !away.has(id)), ...many.map(({ bundle }) => bundle)],
    edges: [
      ...edges.filter(({ from, to }) => !away.has(from) && !away.has(to)),
      ...many.map(({ edge }) => edge),
    ],
  };
}

/** In which column each node stands: right of all that it was made of, as near to what it went into as can be. */
function columnsOf({ nodes, edges }: Graph<Node>): Map<string, number> {
  const column = new Map(nodes.map((node) => [node.id, 0]));
  const at = (id: string) => column.get(id) ?? 0;
  for (let moved = true, round = 0; moved && round < nodes.length; round += 1) {
    moved = false;
    for (const { from, to } of edges) {
      if (at(to) > at(from)) continue;
      column.set(to, at(from) + 1);
      moved = true;
    }
  }
  const made = new Set(edges.map(({ to }) => to));
  for (const { id } of nodes) {
    const users = edges.filter(({ from }) => from === id).map(({ to }) => at(to));
    if (!made.has(id) && users.length > 0) column.set(id, Math.min(...users) - 1);
  }
  return column;
}

export const BOX = { width: 208, height: 46, across: 72, between: 14, margin: 16 };

export interface Layout {
  width: number;
  height: number;
  places: Map<string, { x: number; y: number }>;
}

/** Columns from left to right; within a column near to what a node is joined with. */
export function laidOut(graph: Graph<Node>): Layout {
  const column = columnsOf(graph);
  const columns: string[][] = [];
  for (const { id } of graph.nodes) {
    const number = column.get(id) ?? 0;
    columns[number] = [...(columns[number] ?? []), id];
  }
  const rank = new Map<string, number>();
  const ranked = (ids: string[]) => {
    for (const [index, id] of ids.entries()) rank.set(id, index - (ids.length - 1) / 2);
  };
  columns.forEach(ranked);
  const middle = (id: string, far: "from" | "to") => {
    const near = far === "from" ? "to" : "from";
    const ranks = graph.edges.filter((edge) => edge[near] === id).map((edge) => rank.get(edge[far]) ?? 0);
    return ranks.length > 0 ? ranks.reduce((sum, one) => sum + one, 0) / ranks.length : (rank.get(id) ?? 0);
  };
  const sweep = (ids: string[], far: "from" | "to") => {
    const order = new Map(ids.map((id) => [id, middle(id, far)]));
    ranked(ids.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)));
  };
  for (const ids of columns) sweep(ids, "from");
  for (const ids of [...columns].reverse()) sweep(ids, "to");
  for (const ids of columns) sweep(ids, "from");
  const step = BOX.height + BOX.between;
  const tallest = Math.max(1, ...columns.map((ids) => ids.length));
  const height = tallest * step - BOX.between + 2 * BOX.margin;
  const places = new Map<string, { x: number; y: number }>();
  columns.forEach((ids, number) => {
    for (const id of ids)
      places.set(id, {
        x: BOX.margin + number * (BOX.width + BOX.across),
        y: height / 2 + (rank.get(id) ?? 0) * step - BOX.height / 2,
      });
  });
  const width = columns.length * (BOX.width + BOX.across) - BOX.across + 2 * BOX.margin;
  return { width, height, places };
}

/** The line between two nodes, as a path. */
export function lineOf({ places }: Layout, from: string, to: string): string {
  const [a, b] = [places.get(from), places.get(to)];
  if (!a || !b) return "";
  const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
  const bend = BOX.across / 2;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
