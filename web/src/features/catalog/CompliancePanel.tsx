import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { t } from "@/i18n/text";
import { ComplianceMark } from "@/parts/compliance/ComplianceMark";
import { type Checklist, linesOf } from "@/parts/compliance/checklist";
import { Failure } from "@/ui/Failure";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";

/** What a session has and lacks of what the templates of its project demand; only asked where it is judged. */
export function CompliancePanel({ session, judged }: { session: string; judged: boolean }) {
  const found = useQuery({
    queryKey: [LIVE, "compliance", session],
    queryFn: () => api.get<Checklist>(`/x/sessions/${session}/compliance`),
    enabled: judged,
  });
  if (!judged) return null;
  return (
    <Panel title={t("Completeness")} aside={<ComplianceMark complete={found.data?.would_satisfy} />}>
      {found.error ? (
        <Failure error={found.error} what={t("checklist")} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data ? (
        <ul style={{ margin: 0, padding: 0, listStyle: "none" }} aria-label={t("Checklist")}>
          {linesOf(found.data).map((line) => (
            <li key={line.words} style={{ padding: "3px 0", overflowWrap: "anywhere" }}>
              <StateMark state={line.met ? "ok" : "bad"} words={line.words} />
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}
