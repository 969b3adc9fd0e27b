import { ActionIcon, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { aliasesQuery } from "@/api/queries";
import type { RoutingAlias } from "@/api/types";
import { useChange } from "@/api/useChange";
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
    <Panel title="Aliases" flush>
      <SimpleTable
        label="Aliases"
        rows={aliases}
        rowKey={(alias) => alias._id}
        columns={[
          { head: "When somebody types", cell: (alias) => <span className="mono">fw://{alias.from}</span> },
          {
            head: "it goes to",
            cell: (alias) => (
              <Link to="/projects/$p" params={{ p: alias.project }}>
                {alias.to}
              </Link>
            ),
          },
          { head: "Scanner", cell: (alias) => alias.device ?? "all" },
          { head: "Remembered by", cell: (alias) => alias.made_by },
          { head: "Since", cell: (alias) => dateTime(alias.created) },
          {
            head: "Forget",
            quiet: true,
            cell: (alias) => (
              <Tooltip label="Forget">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Forget the alias ${alias.from}`}
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
        title="Forget this alias?"
        action="Forget"
        busy={forget.isPending}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && forget.mutate(leaving._id)}
      >
        Studies for “{leaving?.from}” will wait in the mis-routed list again. Those that came stay in{" "}
        {leaving?.to}.
      </ConfirmDialog>
    </Panel>
  );
}
