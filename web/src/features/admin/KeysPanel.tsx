import { ActionIcon, Alert, Button, Group, Modal, Stack, TextInput, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { sdkKey } from "@/api/sdkKey";
import type { ApiKey } from "@/api/types";
import { useChange } from "@/api/useChange";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Copyable } from "@/ui/Copyable";
import { ago, dateTime } from "@/ui/format";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";

interface KeysPanelProps {
  keys: ApiKey[];
  /** Address below `/api` of one key is this, a slash and its public part; new ones are posted here. */
  path: string;
  about: string;
  stale: readonly unknown[];
}

const expired = (key: ApiKey) => key.expires_at !== null && new Date(key.expires_at) < new Date();

/** The keys of somebody or something else: make, see when used, take away. */
export function KeysPanel({ keys, path, about, stale }: KeysPanelProps) {
  const [adding, dialog] = useDisclosure(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const remove = useChange(async (key: ApiKey) => {
    await api.delete(`${path}/${encodeURIComponent(key.key)}`);
    setDoomed(null);
  }, stale);
  return (
    <Panel
      title="Keys"
      flush
      aside={
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={dialog.open}>
          New key
        </Button>
      }
    >
      {keys.length === 0 ? <Message title="No keys">{about}</Message> : null}
      {keys.length > 0 ? (
        <SimpleTable
          label="Keys"
          rows={keys}
          rowKey={(key) => key.key}
          columns={[
            { head: "Label", cell: (key) => key.label || <span className="dim">no label</span> },
            { head: "Key", cell: (key) => <span className="mono">{key.key}…</span> },
            { head: "Created", cell: (key) => dateTime(key.created) },
            { head: "Last used", cell: (key) => (key.last_used ? ago(key.last_used) : "never") },
            {
              head: "Expires",
              cell: (key) =>
                key.expires_at ? `${dateTime(key.expires_at)}${expired(key) ? " (expired)" : ""}` : "never",
            },
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
        />
      ) : null}
      {adding ? <NewKey path={path} stale={stale} onClose={dialog.close} /> : null}
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
    </Panel>
  );
}

interface NewKeyProps {
  path: string;
  stale: readonly unknown[];
  onClose: () => void;
}

function NewKey({ path, stale, onClose }: NewKeyProps) {
  const [label, setLabel] = useState("");
  const [until, setUntil] = useState("");
  const refresh = useChange(async () => null, stale);
  const make = useMutation({
    mutationFn: () =>
      api.post<{ unencrypted_secret: string }>(path, {
        label: label.trim(),
        expires_at: until ? new Date(`${until}T23:59:59`).toISOString() : null,
      }),
    onSuccess: () => refresh.mutate(undefined),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const made = make.data ? sdkKey(window.location.origin, make.data.unencrypted_secret) : null;
  return (
    <Modal opened onClose={onClose} title="New key" size="lg" closeOnClickOutside={made === null}>
      {made ? (
        <Stack gap="sm">
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} p="xs">
            Copy the key now and hand it over safely. It is not shown again.
          </Alert>
          <Copyable text={made} label="key" />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label="Label"
              placeholder="What it is for"
              data-autofocus
              maxLength={256}
              value={label}
              onChange={(event) => setLabel(event.currentTarget.value)}
              error={make.error?.message}
            />
            <TextInput
              type="date"
              label="Works until"
              description="Empty: until it is deleted."
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={make.isPending}>
                Create key
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
