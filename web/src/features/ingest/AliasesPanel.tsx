import { ActionIcon, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { aliasesQuery } from "@/api/queries";
import type { RoutingAlias } from "@/api/types";
import { useChange } from "@/api/useChange";
import { t, tIn } from "@/i18n/text";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";

/** Mistyped destinations that are followed all the same; nothing is shown while there are none. */
export function AliasesPanel() {
  const { data: aliases = [] } = useQuery(aliasesQuery);
  const [leaving, setLeaving] = useState<RoutingAlias | null>(null);
  const forget = useChange(async (id: string) => {
    await api.delete(`/connector/aliases/${id}`);
    setLeaving(null);
  });
  if (aliases.length === 0) return null;
  return (
    <Panel title={t("Aliases")} flush>
      <SimpleTable
        label={t("Aliases")}
        rows={aliases}
        rowKey={(alias) => alias._id}
        columns={[
          {
            head: t("When somebody types"),
            cell: (alias) => <span className="mono">{`fw://${alias.from}`}</span>,
          },
          {
            head: t("it goes to"),
            cell: (alias) => (
              <Link to="/projects/$p" params={{ p: alias.project }}>
                {alias.to}
              </Link>
            ),
          },
          { head: t("Scanner"), cell: (alias) => alias.device ?? tIn("scanners", "all") },
          { head: t("Remembered by"), cell: (alias) => alias.made_by },
          { head: t("Since"), cell: (alias) => dateTime(alias.created) },
          {
            head: t("Forget"),
            quiet: true,
            cell: (alias) => (
              <Tooltip label={t("Forget")}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("Forget the alias {from}", { from: alias.from })}
                  onClick={() => setLeaving(alias)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            ),
          },
        ]}
      />
      <ConfirmDialog
        opened={leaving !== null}
        title={t("Forget this alias?")}
        action={t("Forget")}
        busy={forget.isPending}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && forget.mutate(leaving._id)}
      >
        {t("Studies for “{from}” will wait in the mis-routed list again. Those that came stay in {to}.", {
          from: leaving?.from ?? "",
          to: leaving?.to ?? "",
        })}
      </ConfirmDialog>
    </Panel>
  );
}
