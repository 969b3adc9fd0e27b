import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/rights";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Stale } from "@/ui/Stale";
import { RuleEditor } from "./RuleEditor";
import { RulePanel } from "./RulePanel";
import { type Rule, rulesQuery } from "./rule";
import { TryDialog } from "./TryDialog";

/** What a project does by itself when files come: its gear rules. */
export function RulesPage() {
  const { p } = useParams({ strict: false }) as { p: string };
  const found = useQuery(rulesQuery(p));
  const mayEdit = useMay(p)("gear_rules_manage");
  const [editing, setEditing] = useState<Rule | "new" | null>(null);
  const [trying, setTrying] = useState<Rule | null>(null);
  const add = mayEdit ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
      {t("New rule")}
    </Button>
  ) : null;
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("rule list")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const rules = found.data;
  return (
    <>
      <Stale error={found.error} onRetry={() => void found.refetch()} />
      {rules.length === 0 ? (
        <Message title={t("No gear rules yet")} action={add}>
          {t("A rule starts a gear by itself when a file comes that meets its conditions.")}
        </Message>
      ) : (
        <div>{add}</div>
      )}
      {rules.map((rule) => (
        <RulePanel
          key={rule._id}
          project={p}
          rule={rule}
          mayEdit={mayEdit}
          onEdit={() => setEditing(rule)}
          onTry={() => setTrying(rule)}
        />
      ))}
      {editing ? (
        <RuleEditor project={p} rule={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
      {trying ? <TryDialog project={p} rule={trying} onClose={() => setTrying(null)} /> : null}
    </>
  );
}
