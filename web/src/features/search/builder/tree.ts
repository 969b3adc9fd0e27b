import type { Json } from "@/api/types";
import { t } from "@/i18n/text";

/** A condition of the builder: one field compared with one or several values. */
export interface Condition {
  field: string;
  /** As the language writes it; `not` turns it around. */
  op: string;
  not: boolean;
  values: string[];
  /** The values stood in quotes: they are texts, whatever they look like. */
  quoted: boolean;
}

export interface Group {
  join: "and" | "or";
  items: Item[];
}
export type Item = Condition | Group;

export const isGroup = (item: Item): item is Group => "items" in item;

type Node = { [key: string]: Json };
interface Value {
  text: string;
  quoted: boolean;
}

const COMPARISONS = ["=", "!=", "<", "<=", ">", ">=", "=~", "!~", "like", "contains"];

/** The ways to compare that are offered, in words. */
export const COMPARING = [
  { value: "=", label: t("is") },
  { value: "!=", label: t("is not") },
  { value: "in", label: t("is one of") },
  { value: "not in", label: t("is none of") },
  { value: "contains", label: t("contains") },
  { value: "not contains", label: t("does not contain") },
  { value: "like", label: t("looks like") },
  { value: "not like", label: t("does not look like") },
  { value: "<", label: "<" },
  { value: "<=", label: "≤" },
  { value: ">", label: ">" },
  { value: ">=", label: "≥" },
  { value: "=~", label: t("matches") },
  { value: "!~", label: t("does not match") },
  { value: "exists", label: t("is there") },
  { value: "not exists", label: t("is not there") },
  { value: "is true", label: t("is true") },
  { value: "is false", label: t("is false") },
  { value: "not is true", label: t("is not true") },
  { value: "not is false", label: t("is not false") },
];

/** The choice among `COMPARING` that a condition stands for. */
export const comparing = ({ op, not, values }: Condition) =>
  `${not ? "not " : ""}${op}${op === "is" ? ` ${values[0]}` : ""}`;

/** The condition with another comparison; values stay where the new one takes them. */
export function compare(condition: Condition, choice: string): Condition {
  const not = choice.startsWith("not ");
  const [op = "=", word] = choice.replace(/^not /, "").split(" ");
  const { values } = condition;
  const kept =
    op === "is" ? [word ?? "true"] : op === "exists" ? [] : op === "in" ? values : values.slice(0, 1);
  const usable = condition.op === "is" && op !== "is" ? [] : kept;
  return { ...condition, op, not, values: usable };
}

/** The builder's rows for a tree; null when the tree says more than they can. */
export function fromTree(ast: Json): Group | null {
  if (ast === null) return { join: "and", items: [] };
  const item = itemOf(ast as Node);
  if (!item) return null;
  return isGroup(item) ? item : { join: "and", items: [item] };
}

function itemOf(node: Node): Item | null {
  if (node.op === "and" || node.op === "or") {
    const items = (node.args as Node[]).map(itemOf);
    return items.every((item) => item !== null) ? { join: node.op, items } : null;
  }
  if (node.op !== "not") return conditionOf(node, false);
  const inner = node.arg as Node;
  // "not equal" has a comparison of its own; a double one would be another text.
  return COMPARISONS.includes(inner.op as string) && !["like", "contains"].includes(inner.op as string)
    ? null
    : conditionOf(inner, true);
}

function conditionOf(node: Node, not: boolean): Condition | null {
  const { op, field } = node;
  if (typeof op !== "string" || typeof field !== "string") return null;
  const base = { field, op, not, quoted: false };
  if (op === "exists") return { ...base, values: [] };
  if (op === "is") return node.value === "null" ? null : { ...base, values: [node.value as string] };
  if (op === "in") {
    const values = node.values as unknown as Value[];
    const quoted = values.filter((one) => one.quoted);
    return quoted.length > 0 && quoted.length < values.length && values.some(ambiguous)
      ? null
      : { ...base, quoted: values.some(ambiguous), values: values.map((one) => one.text) };
  }
  if (!COMPARISONS.includes(op)) return null;
  const value = node.value as unknown as Value;
  return { ...base, quoted: ambiguous(value), values: [value.text] };
}

/** Quoted though it need not be: without its quotes it would be no text. */
const ambiguous = ({ text, quoted }: Value) => quoted && /^[-\w.+:]+$/.test(text);

/** The tree of the builder's rows; unfinished rows are left out, null when there is none. */
export function toTree(group: Group): Json {
  const args = group.items.flatMap((item) => {
    const node = isGroup(item) ? toTree(item) : conditionNode(item);
    return node ? [node] : [];
  });
  return args.length > 1 ? { op: group.join, args } : (args[0] ?? null);
}

function conditionNode({ field, op, not, values, quoted }: Condition): Json {
  const given = values.filter((one) => one !== "");
  if (!field || (op !== "exists" && given.length === 0)) return null;
  const literal = (text: string) => ({ text, quoted });
  let node: Node = { op, field };
  if (op === "in") node = { ...node, values: given.map(literal) };
  else if (op === "is") node = { ...node, value: given[0] ?? "true" };
  else if (op !== "exists") node = { ...node, value: literal(given[0] ?? "") };
  return not ? { op: "not", arg: node } : node;
}
