/** What is said of the things in a lineage. */
import { bytes, count } from "@/ui/format";
import type { Node } from "./graph";

const STATES = {
  pending: "waiting",
  running: "running",
  complete: "complete",
  failed: "failed",
  cancelled: "cancelled",
} as const;

export const KIND_WORDS = { file: "File", job: "Job", analysis: "Analysis", bundle: "Files" } as const;

/** The name of a thing. */
export function nameOf(node: Node): string {
  if (node.kind === "file") return node.name;
  if (node.kind === "job") return `${node.gear_info.name} ${node.gear_info.version}`;
  if (node.kind === "bundle") return count(node.count, "file");
  return node.label;
}

/** What is to be known of it at a glance. */
export function aboutOf(node: Node): string {
  if (node.kind === "bundle") return "listed on the page of the job";
  if (node.kind === "analysis") return "put together by people";
  if (node.kind === "job")
    return [`job ${STATES[node.state]}`, node.destination.type === "analysis" ? "analysis" : node.label]
      .filter(Boolean)
      .join(" · ");
  const facts = [`version ${node.version}`, bytes(node.size)];
  if (node.deleted) facts.push("deleted");
  else if (node.origin.type !== "job") facts.push(`from a ${node.origin.type}`);
  return facts.join(" · ");
}

/** How far from what was asked about: `2 jobs before`. */
export function distance(node: Node, root: string): string {
  if (node.id === root) return "this";
  if (node.depth === 0) return "";
  return `${count(Math.abs(node.depth), "job")} ${node.depth < 0 ? "before" : "after"}`;
}
