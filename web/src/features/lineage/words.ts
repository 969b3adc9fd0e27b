/** What is said of the things in a lineage. */
import { plural, t, tIn } from "@/i18n/text";
import { bytes } from "@/ui/format";
import type { Node, Walked } from "./graph";

const STATES = {
  pending: t("job waiting"),
  running: t("job running"),
  complete: t("job complete"),
  failed: t("job failed"),
  cancelled: t("job cancelled"),
};

const ORIGINS: Record<string, string> = {
  user: t("from a user"),
  device: t("from a device"),
  system: t("from a system"),
};

export const KIND_WORDS = { file: t("File"), job: t("Job"), analysis: t("Analysis"), bundle: t("Files") };

export const THING_WORDS = { file: t("file"), job: t("job"), analysis: t("analysis") };

export const LINEAGE_OF = {
  file: t("Lineage of a file"),
  job: t("Lineage of a job"),
  analysis: t("Lineage of an analysis"),
};

/** The name of a thing. */
export function nameOf(node: Node): string {
  if (node.kind === "file") return node.name;
  if (node.kind === "job") return `${node.gear_info.name} ${node.gear_info.version}`;
  if (node.kind === "bundle") return plural(node.count, "{count} file", "{count} files");
  return node.label;
}

/** What is to be known of it at a glance. */
export function aboutOf(node: Node): string {
  if (node.kind === "bundle") return t("listed on the page of the job");
  if (node.kind === "analysis") return t("put together by people");
  if (node.kind === "job")
    return [STATES[node.state], node.destination.type === "analysis" ? t("analysis") : node.label]
      .filter(Boolean)
      .join(" · ");
  const facts = [t("version {version}", { version: node.version }), bytes(node.size)];
  if (node.deleted) facts.push(t("deleted"));
  else if (node.origin.type !== "job")
    facts.push(ORIGINS[node.origin.type] ?? t("from a {origin}", { origin: node.origin.type }));
  return facts.join(" · ");
}

/** How far from what was asked about: `2 jobs before`. */
export function distance(node: Node, root: string): string {
  if (node.id === root) return tIn("distance", "this");
  if (node.depth === 0) return "";
  return node.depth < 0
    ? plural(-node.depth, "{count} job before", "{count} jobs before")
    : plural(node.depth, "{count} job after", "{count} jobs after");
}

/** What the graph does not show, in sentences. */
export function leftOut({ graph, not_shown, truncated }: Walked): string[] {
  const said: string[] = [];
  if (not_shown > 0)
    said.push(
      plural(
        not_shown,
        "{count} more file or job that you may not see, or deleted for good.",
        "{count} more files and jobs that you may not see, or deleted for good.",
      ),
    );
  if (truncated)
    said.push(
      plural(
        graph.nodes.length,
        "Only the nearest {count} thing are shown.",
        "Only the nearest {count} things are shown.",
      ),
    );
  return said;
}
