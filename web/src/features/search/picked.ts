import { api } from "@/api/client";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { type Parsed, printTree, RANGES, type SearchState } from "./search";

const MISSING = "null";

type Node = { [key: string]: Json };

const quoted = (text: string): Node => ({ text, quoted: false });

/** The tree of values picked for a field: one of them, or none at all. */
function oneOf(field: string, values: string[]): Node {
  const named = values.filter((one) => one !== MISSING);
  const nodes: Node[] = [];
  if (named.length === 1) nodes.push({ op: "=", field, value: quoted(named[0] ?? "") });
  if (named.length > 1) nodes.push({ op: "in", field, values: named.map(quoted) });
  if (named.length < values.length) nodes.push({ op: "not", arg: { op: "exists", field } });
  return nodes.length === 1 ? (nodes[0] as Node) : { op: "or", args: nodes };
}

/** The query as text with what was picked beside the result. */
export async function withPicked(state: SearchState): Promise<string> {
  const parts = Object.entries(state.picked ?? {}).map(([field, values]) => oneOf(field, values));
  for (const { field, least, most } of RANGES) {
    const [low, high] = [state[least], state[most]];
    if (low) parts.push({ op: ">=", field, value: quoted(low) });
    if (high) parts.push({ op: "<=", field, value: quoted(high) });
  }
  if (state.q) {
    const parsed = await api.post<Parsed>("/dataexplorer/search/parse", { structured_query: state.q });
    if (!parsed.valid) throw new Error(t("The query has mistakes."));
    parts.unshift(parsed.ast as Node);
  }
  return printTree(parts.length === 1 ? (parts[0] as Node) : { op: "and", args: parts });
}
