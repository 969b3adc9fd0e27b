import { expect, test } from "vitest";
import { bundled, type Edge, type Graph, type Lineage, laidOut, merged, type Thing } from "./graph";
import { file, job } from "./samples";

const line = (text: string): Edge => {
  const [from = "", to = ""] = text.split(" ");
  return { from, to };
};
const walk = (nodes: Thing[], ...edges: string[]): Lineage => ({
  root: "x",
  nodes,
  edges: edges.map(line),
  not_shown: 0,
  truncated: false,
});

test("both directions are one graph with what lies before at negative depth", () => {
  const graph = merged(
    walk([file("x"), job("a"), file("in", 1)], "in a", "a x"),
    walk([file("x"), job("b")], "x b"),
  );
  expect(graph.nodes.map(({ id, depth }) => [id, depth])).toEqual([
    ["x", 0],
    ["a", -1],
    ["in", -1],
    ["b", 1],
  ]);
  expect(graph.edges).toHaveLength(3);
});

test("everything stands right of what it was made of, and nothing upon another", () => {
  const graph: Graph = {
    root: "x",
    nodes: [file("in"), job("a"), file("x"), file("late"), job("b"), file("out")],
    edges: ["in a", "a x", "x b", "late b", "b out"].map(line),
  };
  const { places } = laidOut(graph);
  const x = (id: string) => places.get(id)?.x ?? 0;
  for (const { from, to } of graph.edges) expect(x(to)).toBeGreaterThan(x(from));
  expect(x("late")).toBe(x("x"));
  expect(new Set([...places.values()].map((place) => `${place.x} ${place.y}`)).size).toBe(6);
});

test("many files of one job alone are drawn as one, but not what was asked about", () => {
  const outputs = ["x", ..."1234567".split("")];
  const graph: Graph = {
    root: "x",
    nodes: [job("a"), ...outputs.map((id) => file(id))],
    edges: outputs.map((id) => line(`a ${id}`)),
  };
  const { nodes, edges } = bundled(graph);
  expect(nodes.map(({ id }) => id)).toEqual(["a", "x", "a out"]);
  expect(nodes.at(-1)).toMatchObject({ kind: "bundle", count: 7, job: "a" });
  expect(edges).toEqual([line("a x"), { from: "a", to: "a out" }]);
});
