import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { selfQuery } from "@/api/queries";
import type { ApiKey } from "@/api/types";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Failure } from "@/ui/Failure";
import { ago, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { NewKeyDialog } from "./NewKeyDialog";

/** The user's keys for scripts: make, see when used, delete. */
export function ApiKeys() {
  const self = useQuery(selfQuery);
  const queries = useQueryClient();
  const [dialog, dialogSwitch] = useDisclosure(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const remove = useMutation({
    mutationFn: (key: ApiKey) => api.delete(`/users/self/key/${encodeURIComponent(key.key)}`),
    onSuccess: () => queries.invalidateQueries(selfQuery),
    onError: (error) => notifications.show({ color: "red", message: error.message }),
    onSettled: () => setDoomed(null),
  });
  const keys = self.data?.api_keys ?? [];
  return (
    <Panel
      title="API keys"
      flush
      aside={
        <Button size="xs" leftSection={<IconPlus size={14} />} onClick={dialogSwitch.open}>
          New key
        </Button>
      }
    >
      {self.isPending ? <Loading rows={3} /> : null}
      {self.error ? <Failure error={self.error} what="key list" onRetry={() => void self.refetch()} /> : null}
      {self.data && keys.length === 0 ? (
        <Message title="No API keys yet">
          A key lets the Python SDK and the command line work in your name.
        </Message>
      ) : null}
      {keys.length > 0 ? (
        <SimpleTable
          label="API keys"
          rows={keys}
          rowKey={(key) => key.key}
          columns={[
            { head: "Label", cell: (key) => key.label || <span className="dim">no label</span> },
            { head: "Key", cell: (key) => <span className="mono">{key.key}…</span> },
            { head: "Created", cell: (key) => dateTime(key.created) },
            { head: "Last used", cell: (key) => (key.last_used ? ago(key.last_used) : "never") },
            { head: "Expires", cell: (key) => (key.expires_at ? dateTime(key.expires_at) : "never") },
            {
              head: "Delete",
              quiet: true,
              cell: (key) => (
                <Tooltip label="Delete">
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    onClick={() => setDoomed(key)}
                    aria-label={`Delete key ${key.label || key.key}`}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Tooltip>
              ),
            },
          ]}
        />
      ) : null}
      <NewKeyDialog opened={dialog} onClose={dialogSwitch.close} />
      <ConfirmDialog
        opened={doomed !== null}
        title="Delete this key?"
        action="Delete key"
        busy={remove.isPending}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
      >
        Scripts that use “{doomed?.label || doomed?.key}” stop working at once.
      </ConfirmDialog>
    </Panel>
  );
}
