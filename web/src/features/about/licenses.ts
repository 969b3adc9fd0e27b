import { queryOptions } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/i18n/text";

export interface License {
  name: string;
  version: string;
  license: string;
  text: string | null;
}

/** Written when the app was built. */
export const licensesQuery = queryOptions({
  queryKey: ["licenses"],
  queryFn: async (): Promise<License[]> => {
    const answer = await fetch("/licenses.json");
    if (!answer.ok || !answer.headers.get("content-type")?.includes("json"))
      throw new Error(t("The list of licences is written when the app is built."));
    return answer.json();
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** The packages whose name or licence holds the text. */
export function useSearched(all: License[]) {
  const [search, setSearch] = useState<string | undefined>();
  const words = (search ?? "").toLowerCase();
  const shown = all.filter((one) => `${one.name} ${one.license}`.toLowerCase().includes(words));
  return [search, setSearch, shown] as const;
}
