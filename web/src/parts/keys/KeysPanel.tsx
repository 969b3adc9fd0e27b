import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { api } from "@/api/client";
import type { ApiKey } from "@/api/types";
import { useChange } from "@/api/useChange";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { ago, dateTime } from "@/ui/format";
import { type Found, ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";
import { KeyLimits } from "./KeyLimits";

const NewKeyDialog = lazy(async () => ({ default: (await import("./NewKeyDialog")).NewKeyDialog }));

export interface KeysPanelProps {
  title: string;
  keys: ApiKey[] | undefined;
  found: Found;
  /** Address below `/api` of one key is this, a slash and its public part; new ones are posted here. */
  path: string;
  /** Said when there is none. */
  about: string;
  /** Keys of people can be cut down to some projects and actions. */
  restrictable: boolean;
  /** The main thing to do on its page. */
  primary?: boolean;
  stale: readonly unknown[];
}

const expired = (key: ApiKey) => key.expires_at !== null && new Date(key.expires_at) < new Date();

/** Keys of a user or a device: make, see what they may and when they were used, take away. */
export function KeysPanel(props: KeysPanelProps) {
  const { title, keys, found, path, about, restrictable, stale } = props;
  const [adding, dialog] = useDisclosure(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const remove = useChange(async (key: ApiKey) => {
    await api.delete(`${path}/${encodeURIComponent(key.key)}`);
    setDoomed(null);
  }, stale);
  const limits = {
    head: "Limits",
    cell: (key: ApiKey) => <KeyLimits of={key} />,
  };
  return (
    <ListPanel
      title={title}
      what="key list"
      found={found}
      rows={keys}
      rowKey={(key) => key.key}
      empty={<Message title="No keys yet">{about}</Message>}
      aside={
        <Button
          size="xs"
          variant={props.primary ? "filled" : "default"}
          leftSection={<IconPlus size={14} />}
          onClick={dialog.open}
        >
          New key
        </Button>
      }
      columns={[
        { head: "Label", cell: (key) => key.label || <span className="dim">no label</span> },
        ...(restrictable ? [limits] : []),
        { head: "Last used", cell: (key) => (key.last_used ? ago(key.last_used) : "never") },
        {
          head: "Expires",
          cell: (key) =>
            key.expires_at ? `${dateTime(key.expires_at)}${expired(key) ? " (expired)" : ""}` : "never",
        },
        { head: "Created", cell: (key) => dateTime(key.created) },
        { head: "Key", cell: (key) => <span className="mono dim">{key.key}…</span> },
        {
          head: "Delete",
          quiet: true,
          cell: (key) => (
            <Tooltip label="Delete">
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`Delete key ${key.label || key.key}`}
                onClick={() => setDoomed(key)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          ),
        },
      ]}
    >
      <Suspense>
        {adding ? (
          <NewKeyDialog path={path} restrictable={restrictable} stale={stale} onClose={dialog.close} />
        ) : null}
      </Suspense>
      <ConfirmDialog
        opened={doomed !== null}
        title="Delete this key?"
        action="Delete key"
        busy={remove.isPending}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
      >
        Programs that use “{doomed?.label || doomed?.key}” stop working at once.
      </ConfirmDialog>
    </ListPanel>
  );
}
