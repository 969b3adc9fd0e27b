import { useEffect, useMemo, useRef } from "react";
import { t } from "@/i18n/text";
import { middleCut } from "@/ui/format";
import { BOX, type Graph, laidOut, lineOf, type Node } from "./graph";
import classes from "./Picture.module.css";
import { ThingLink } from "./ThingLink";
import { aboutOf, KIND_WORDS, nameOf } from "./words";

const MOST_LETTERS = { name: 27, about: 34 };

/** The graph from left to right: what was made of what. Everything in it is a link. */
export function Picture({ graph }: { graph: Graph<Node> }) {
  const frame = useRef<HTMLElement>(null);
  const layout = useMemo(() => laidOut(graph), [graph]);
  const root = layout.places.get(graph.root);
  useEffect(() => {
    const box = frame.current;
    if (!box || !root) return;
    box.scrollTo({
      left: root.x + BOX.width / 2 - box.clientWidth / 2,
      top: root.y + BOX.height / 2 - box.clientHeight / 2,
    });
  }, [root]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section ref={frame} className={classes.frame} tabIndex={0} aria-label={t("Picture of the lineage")}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: every box has its own; one of the whole would show over all. */}
      <svg className={classes.picture} width={layout.width} height={layout.height}>
        {graph.edges.map(({ from, to }) => (
          <path key={`${from} ${to}`} className={classes.line} d={lineOf(layout, from, to)} />
        ))}
        {graph.nodes.map((node) => (
          <Box key={node.id} node={node} at={layout.places.get(node.id)} isRoot={node.id === graph.root} />
        ))}
      </svg>
    </section>
  );
}

interface BoxProps {
  node: Node;
  at: { x: number; y: number } | undefined;
  isRoot: boolean;
}

function Box({ node, at, isRoot }: BoxProps) {
  if (!at) return null;
  const [name, about] = [nameOf(node), aboutOf(node)];
  const kinds = [
    node.kind === "job" ? classes.job : "",
    node.kind === "analysis" ? classes.analysis : "",
    node.kind === "job" && node.state === "failed" ? classes.failed : "",
    isRoot ? classes.root : "",
  ];
  return (
    <g transform={`translate(${at.x} ${at.y})`} className={kinds.filter(Boolean).join(" ")}>
      <ThingLink node={node}>
        <title>{`${KIND_WORDS[node.kind]} ${name} ${about}`}</title>
        <rect className={classes.box} width={BOX.width} height={BOX.height} rx={4} />
        <text className={classes.name} x={12} y={20}>
          {middleCut(name, MOST_LETTERS.name)}
        </text>
        <text className={classes.about} x={12} y={36}>
          {middleCut(about, MOST_LETTERS.about)}
        </text>
      </ThingLink>
    </g>
  );
}
