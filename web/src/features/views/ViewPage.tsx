import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { viewQuery } from "@/parts/views/view";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { ViewBuilder } from "./ViewBuilder";

/** One data view of a project; the address `new` begins one. */
export function ViewPage() {
  const { v } = useParams({ from: "/inside/framed/projects/$p/views/$v" });
  const fresh = v === "new";
  const found = useQuery({ ...viewQuery(v), enabled: !fresh });
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("data view")} onRetry={() => void found.refetch()} />;
  if (!fresh && !found.data) return <Loading />;
  return <ViewBuilder key={v} saved={found.data ?? null} />;
}
