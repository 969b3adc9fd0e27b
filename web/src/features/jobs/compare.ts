/** Two runs side by side, as the server compares them. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { JobState } from "@/api/jobs";
import type { Json } from "@/api/types";

interface Side {
  id: string;
  label: string | null;
  gear_info: { name: string; version: string };
  state: JobState;
}

interface Item {
  is: "same" | "differs" | "only_a" | "only_b";
  a?: Json;
  b?: Json;
}

export interface Section {
  same: boolean;
  items: Record<string, Item>;
}

export interface Comparison {
  a: Side;
  b: Side;
  verdict: keyof typeof VERDICTS;
  sections: Record<string, Section>;
}

export const VERDICTS = {
  identical: ["The second run gave the same as the first.", "green"],
  "same-inputs-different-outputs": ["The same was asked, and the result differs.", "red"],
  "different-inputs": ["The runs were asked different things.", "yellow"],
} as const;

/** Records of ended runs do not change. */
export const comparisonQuery = (a: string, b: string) =>
  queryOptions({
    queryKey: ["compare", a, b],
    queryFn: () => api.get<Comparison>("/jobs/compare", { a, b }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const shownValue = (value: Json | undefined) =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** What differs in a section. */
export const differing = ({ items }: Section) =>
  Object.entries(items).filter(([, item]) => item.is !== "same");
