import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { containerQuery } from "@/api/queries";
import type { Collection } from "@/api/types";

/** The collection whose pages these are; its frame has waited for it. */
export function useOpenCollection(): Collection {
  const { c } = useParams({ strict: false }) as { c: string };
  const { data } = useQuery(containerQuery("collections", c));
  if (!data) throw new Error("outside a collection's page");
  return data;
}
