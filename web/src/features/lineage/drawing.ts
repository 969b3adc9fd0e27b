/** The picture as an SVG document of its own: the same everywhere, in light colours, with a heading and a legend. */
import { t } from "@/i18n/text";
import { middleCut } from "@/ui/format";
import { LIGHT, theme } from "@/ui/theme";
import { BOX, type Graph, laidOut, lineOf, type Node } from "./graph";
import { aboutOf, KIND_WORDS, nameOf } from "./words";

export interface Drawing {
  svg: string;
  width: number;
  height: number;
}

// Letters of a usual width in a box, in the widest of the fonts that may stand in.
const ROOM = { name: 22, about: 33 };
const WIDE = /[MW@%\u{1100}-\u{10FFFF}]/gu;
const LEAST_WIDTH = 640;
const HEAD = 44;
const LETTER = 8.5; // of the heading, about
const ROW = 26;
const SAMPLE = { width: 30, height: 18, column: 200 };

const LOOKS = {
  file: { rx: 4, fill: LIGHT["--surface"], stroke: LIGHT["--line-strong"] },
  job: { rx: 14, fill: LIGHT["--ground"], stroke: LIGHT["--line-strong"] },
  failed: { rx: 14, fill: LIGHT["--ground"], stroke: LIGHT["--bad"] },
  analysis: {
    rx: 4,
    fill: LIGHT["--surface"],
    stroke: LIGHT["--line-strong"],
    "stroke-dasharray": "5 3",
  },
} as const;
const ROOT = { stroke: LIGHT["--accent"], "stroke-width": 2.5 };

type Look = keyof typeof LOOKS;

const LEGEND: Record<Look, string> = {
  file: KIND_WORDS.file,
  job: KIND_WORDS.job,
  failed: t("Failed job"),
  analysis: KIND_WORDS.analysis,
};

// What XML cannot hold at all, not even escaped.
const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ESCAPED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const xml = (text: string) =>
  text.replace(UNWRITABLE, "\u{FFFD}").replace(/[&<>"]/g, (letter) => ESCAPED[letter] ?? letter);

type Attributes = Record<string, string | number>;

/** An element; `inner` is XML already. */
function element(name: string, attributes: Attributes, inner = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${xml(String(value))}"`);
  return `<${name}${written.join("")}>${inner}</${name}>`;
}

const words = (text: string, attributes: Attributes) =>
  element("text", { fill: LIGHT["--ink"], "font-size": 13, ...attributes }, xml(text));

/** As much of a text as a box holds: how wide it really becomes is known to who shows it only. */
function fitted(text: string, room: number): string {
  for (let most = room; most > 8; most -= 1) {
    const cut = middleCut(text, most);
    if (cut.length + 0.6 * (cut.match(WIDE)?.length ?? 0) <= room + 1) return cut;
  }
  return middleCut(text, 8);
}

function lookOf(node: Node): Look {
  if (node.kind === "job") return node.state === "failed" ? "failed" : "job";
  return node.kind === "bundle" ? "file" : node.kind;
}

function box(node: Node, at: { x: number; y: number }, isRoot: boolean): string {
  const [name, about] = [nameOf(node), aboutOf(node)];
  const { width, height } = BOX;
  const inner = [
    element("title", {}, xml(`${KIND_WORDS[node.kind]} ${name} ${about}`)),
    element("rect", { width, height, ...LOOKS[lookOf(node)], ...(isRoot ? ROOT : {}) }),
    // A picture in the picture cuts off what is too long all the same.
    element(
      "svg",
      { width: width - 6, height },
      words(fitted(name, ROOM.name), { x: 12, y: 20, "font-weight": 600 }) +
        words(fitted(about, ROOM.about), {
          x: 12,
          y: 36,
          "font-size": 11.5,
          fill: LIGHT["--ink-dim"],
        }),
    ),
  ];
  return element("g", { transform: `translate(${at.x} ${at.y})` }, inner.join(""));
}

/** What the boxes mean, as far as they occur. */
function legend(graph: Graph<Node>, width: number): { drawn: string; height: number } {
  const seen = new Set(graph.nodes.map(lookOf));
  const looks = (Object.keys(LOOKS) as Look[]).filter((look) => seen.has(look));
  const samples: [Attributes, string][] = looks.map((look) => [LOOKS[look], LEGEND[look]]);
  const root = graph.nodes.find(({ id }) => id === graph.root);
  if (root) samples.push([{ ...LOOKS[lookOf(root)], ...ROOT }, t("What the picture is of")]);
  const across = Math.floor((width - 2 * BOX.margin) / SAMPLE.column);
  const drawn = samples.map(([look, text], index) => {
    const [x, y] = [(index % across) * SAMPLE.column, Math.floor(index / across) * ROW];
    const { width, height } = SAMPLE;
    const sample = element("rect", { width, height, ...look, rx: Number(look.rx) / 2 });
    const inner = sample + words(text, { x: width + 8, y: 14, "font-size": 12 });
    return element("g", { transform: `translate(${x} ${y})` }, inner);
  });
  return { drawn: drawn.join(""), height: Math.ceil(samples.length / across) * ROW };
}

/** The whole graph; `notes` are said below it. */
export function draw(graph: Graph<Node>, heading: string, notes: string[]): Drawing {
  const layout = laidOut(graph);
  const width = Math.max(LEAST_WIDTH, layout.width);
  const key = legend(graph, width);
  const below = HEAD + layout.height + 8;
  const height = below + key.height + notes.length * ROW + BOX.margin;
  const lines = graph.edges.map(({ from, to }) =>
    element("path", {
      d: lineOf(layout, from, to),
      fill: "none",
      stroke: LIGHT["--line-strong"],
      "stroke-width": 1.2,
      "marker-end": "url(#arrow)",
    }),
  );
  const boxes = graph.nodes.map((node) => {
    const at = layout.places.get(node.id);
    return at ? box(node, at, node.id === graph.root) : "";
  });
  const arrow = { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7 };
  const parts = [
    element("title", {}, xml(heading)),
    element(
      "defs",
      {},
      element(
        "marker",
        { ...arrow, orient: "auto" },
        element("path", { d: "M0 0L8 4L0 8z", fill: LIGHT["--line-strong"] }),
      ),
    ),
    element("rect", { width, height, fill: LIGHT["--surface"] }),
    words(middleCut(heading, Math.floor((width - 2 * BOX.margin) / LETTER)), {
      x: BOX.margin,
      y: 28,
      "font-size": 16,
      "font-weight": 600,
    }),
    element(
      "g",
      { transform: `translate(${(width - layout.width) / 2} ${HEAD})` },
      [...lines, ...boxes].join(""),
    ),
    element("g", { transform: `translate(${BOX.margin} ${below})` }, key.drawn),
    ...notes.map((note, index) =>
      words(note, {
        x: BOX.margin,
        y: below + key.height + index * ROW + 14,
        "font-size": 12,
        fill: LIGHT["--ink-dim"],
      }),
    ),
  ];
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    ...size,
    "font-family": theme.fontFamily ?? "sans-serif",
  };
  return {
    svg: `<?xml version="1.0" encoding="UTF-8"?>\n${element("svg", root, parts.join("\n"))}\n`,
    width,
    height,
  };
}
