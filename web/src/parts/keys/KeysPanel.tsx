import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { api } from "@/api/client";
import type { ApiKey } from "@/api/types";
import { useChange } from "@/api/useChange";
import { useProjectLabels } from "@/api/useProjectLabels";
import { t } from "@/i18n/text";
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

function expiry(key: ApiKey): string {
  if (!key.expires_at) return t("never");
  const date = dateTime(key.expires_at);
  return new Date(key.expires_at) < new Date() ? t("{date} (expired)", { date }) : date;
}

/** Keys of a user or a device: make, see what they may and when they were used, take away. */
export function KeysPanel(props: KeysPanelProps) {
  const { title, keys, found, path, about, restrictable, stale } = props;
  const [adding, dialog] = useDisclosure(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const remove = useChange(async (key: ApiKey) => {
    await api.delete(`${path}/${encodeURIComponent(key.key)}`);
    setDoomed(null);
  }, stale);
  const label = useProjectLabels((keys ?? []).flatMap(({ scope }) => scope?.projects ?? []));
  const limits = {
    head: t("Limits"),
    cell: (key: ApiKey) => <KeyLimits of={key} label={label} />,
  };
  return (
    <ListPanel
      title={title}
      what={t("key list")}
      found={found}
      rows={keys}
      rowKey={(key) => key.key}
      empty={<Message title={t("No keys yet")}>{about}</Message>}
      aside={
        <Button
          size="xs"
          variant={props.primary ? "filled" : "default"}
          leftSection={<IconPlus size={14} />}
          onClick={dialog.open}
        >
          {t("New key")}
        </Button>
      }
      columns={[
        { head: t("Label"), cell: (key) => key.label || <span className="dim">{t("no label")}</span> },
        ...(restrictable ? [limits] : []),
        { head: t("Last used"), cell: (key) => (key.last_used ? ago(key.last_used) : t("never")) },
        {
          head: t("Expires"),
          cell: expiry,
        },
        { head: t("Created"), cell: (key) => dateTime(key.created) },
        { head: t("Key"), cell: (key) => <span className="mono dim">{key.key}…</span> },
        {
          head: t("Delete"),
          quiet: true,
          cell: (key) => (
            <Tooltip label={t("Delete")}>
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={t("Delete key {label}", { label: key.label || key.key })}
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
        title={t("Delete this key?")}
        action={t("Delete key")}
        busy={remove.isPending}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
      >
        {t("Programs that use “{key}” stop working at once.", { key: doomed?.label || doomed?.key || "" })}
      </ConfirmDialog>
    </ListPanel>
  );
}
