import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { modalitiesQuery } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import type { Modality } from "@/api/types";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { ModalityEditor } from "./ModalityEditor";

const EMPTY: Modality = {
  _id: "",
  classification: {},
  active: true,
  description: null,
};

/** One modality; the address `new` makes one. */
export function ModalityPage() {
  const { m } = useParams({ from: "/inside/framed/admin/modalities/$m" });
  const mayEdit = useIsAdmin();
  const found = useQuery(modalitiesQuery);
  const adding = m === "new";
  const modality = adding ? EMPTY : found.data?.find((one) => one._id === m);
  useCrumbs([
    { label: t("Modalities"), href: "/admin/modalities" },
    { label: adding ? t("New modality") : m },
  ]);
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("modality")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  if (!modality) return <Failure error={Object.assign(new Error(m), { status: 404 })} what={t("modality")} />;
  return <ModalityEditor key={JSON.stringify(modality)} modality={modality} mayEdit={mayEdit} />;
}
