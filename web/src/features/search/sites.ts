import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { figure, t } from "@/i18n/text";
import type { SiteAnswer } from "./search";

/** This site among the sites of a search. */
export const HOME = "home";

/** Another site that can be searched from here. */
export interface Site {
  _id: string;
  label: string;
  url: string;
  kind: "treadle" | "flywheel";
  connected: boolean;
  account: string | null;
}

export const sitesQuery = queryOptions({
  queryKey: [LIVE, "search", "sites"],
  queryFn: () => api.get<Site[]>("/dataexplorer/sites"),
  staleTime: 60_000,
});

const FAILURES: Record<string, string> = {
  timeout: t("did not answer in time"),
  unauthorized: t("has no valid key of yours"),
  unsupported: t("does not know all of this query"),
  error: t("could not be searched"),
};

/** How a site answered: how many it found, or why nothing of it is shown. */
export function answerOf(site: SiteAnswer): string {
  if (site.status !== "ok") return FAILURES[site.status] ?? site.status;
  if (site.total === null) return t("answered");
  return `${figure(site.total)}${site.total_relation === "gte" ? "+" : ""}`;
}
