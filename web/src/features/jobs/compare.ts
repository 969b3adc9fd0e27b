/** Two runs side by side, as the server compares them. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { JobState } from "@/api/jobs";
import type { Json } from "@/api/types";
import { t, tIn } from "@/i18n/text";

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
  identical: [t("The second run gave the same as the first."), "green"],
  "same-inputs-different-outputs": [t("The same was asked, and the result differs."), "red"],
  "different-inputs": [t("The runs were asked different things."), "yellow"],
} as const;

const SECTIONS: Record<string, string> = {
  gear: t("gear"),
  image: tIn("container image", "image"),
  config: t("config"),
  contexts: t("contexts"),
  inputs: t("inputs"),
  environment: t("environment"),
  engine: t("engine"),
  state: t("state"),
  outputs: t("outputs"),
  metadata: t("metadata"),
};

/** What a section of the comparison is called. */
export const sectionWord = (name: string) => SECTIONS[name] ?? name;

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
