import { expect, test } from "vitest";
import { draw } from "./drawing";
import type { Graph, Node } from "./graph";
import { file, job } from "./samples";

const ended = (state: "complete" | "failed"): Node => ({ ...job(state), state });
const graph = (...nodes: Node[]): Graph<Node> => ({
  root: nodes[0]?.id ?? "",
  nodes,
  edges: nodes.slice(1).map(({ id }) => ({ from: nodes[0]?.id ?? "", to: id })),
});
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

test("names are text, whatever they hold", () => {
  const { svg } = draw(graph(file(`<b>&"'`), ended("complete")), `a<script>&`, ["<i>"]);
  expect(texts(svg)).toEqual(
    expect.arrayContaining([`&lt;b&gt;&amp;&quot;'`, "a&lt;script&gt;&amp;", "&lt;i&gt;"]),
  );
  expect(svg).not.toMatch(/<(b|i|script)>/);
});

test("what XML cannot hold is replaced, letters beyond the first plane are not", () => {
  const { svg } = draw(graph(file("a\u0000b\u001bc\ud800d\uffffe🧠")), "", []);
  expect(texts(svg)).toContain("a\ufffdb\ufffdc\ufffdd\ufffde🧠");
});

test("a long name is cut in its box and whole in its title", () => {
  const name = `${"long".repeat(30)}.nii.gz`;
  const { svg } = draw(graph(file(name)), "", []);
  expect(texts(svg)).not.toContain(name);
  expect(svg).toContain(`<title>File ${name} version 1`);
});

test("the legend tells of the kinds that are there, and what is left out stands below", () => {
  const said = texts(draw(graph(file("x"), ended("failed")), "Of x", ["1 more"]).svg);
  expect(said[0]).toBe("Of x");
  expect(said.slice(-4)).toEqual(["File", "Failed job", "What the picture is of", "1 more"]);
});

test("everything lies within the picture", () => {
  const many = Array.from({ length: 30 }, (_, index) => file(`f${index}`));
  const { svg, width, height } = draw(graph(ended("complete"), ...many), "", ["a", "b"]);
  expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
  const places = [...svg.matchAll(/translate\(([\d.-]+) ([\d.-]+)\)/g)];
  expect(places.length).toBeGreaterThan(31);
  for (const [, x, y] of places) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(x)).toBeLessThan(width);
    expect(Number(y)).toBeGreaterThanOrEqual(0);
    expect(Number(y)).toBeLessThan(height);
  }
});
