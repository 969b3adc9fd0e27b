import { Link } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { dateTime } from "@/ui/format";
import { SimpleTable } from "@/ui/SimpleTable";
import type { Graph, Thing } from "./graph";
import { ThingLink } from "./ThingLink";
import { aboutOf, distance, KIND_WORDS, nameOf } from "./words";

const idOf = (node: Thing) => (node.kind === "file" ? node.file_id : node.id);

/** The same as the picture, line by line, what came first on top. */
export function ThingsTable({ graph }: { graph: Graph }) {
  const names = new Map(graph.nodes.map((node) => [node.id, nameOf(node)]));
  const madeOf = new Map<string, string[]>();
  for (const { from, to } of graph.edges) madeOf.set(to, [...(madeOf.get(to) ?? []), names.get(from) ?? ""]);
  const rows = [...graph.nodes].sort((a, b) => a.depth - b.depth || a.created.localeCompare(b.created));
  return (
    <SimpleTable
      label={t("Lineage")}
      rows={rows}
      rowKey={(node) => node.id}
      columns={[
        { head: t("Distance"), cell: (node) => distance(node, graph.root) },
        { head: t("Kind"), cell: (node) => KIND_WORDS[node.kind] },
        { head: t("Name"), cell: (node) => <ThingLink node={node}>{nameOf(node)}</ThingLink> },
        { head: t("About"), cell: aboutOf },
        { head: t("Made of"), cell: (node) => madeOf.get(node.id)?.join(", ") },
        { head: t("Made"), cell: (node) => dateTime(node.created) },
        {
          head: t("Go there"),
          quiet: true,
          cell: (node) =>
            node.id === graph.root ? null : (
              <Link
                to="/provenance/$kind/$id"
                params={{ kind: node.kind, id: idOf(node) }}
                search={{ show: "list", ...(node.kind === "file" ? { version: node.version } : {}) }}
                aria-label={t("Lineage of {name}", { name: nameOf(node) })}
              >
                {t("Lineage")}
              </Link>
            ),
        },
      ]}
    />
  );
}
