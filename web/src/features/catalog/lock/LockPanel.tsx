import { Button, Group, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { useHeld } from "@/api/rights";
import type { Project } from "@/api/types";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { LOCK_MEANS, LOCK_REASONS, lockedWords } from "./lockWords";

/** Whether a project takes changes, and the switch for it. */
export function LockPanel({ project }: { project: Project }) {
  const may = useHeld(project._id)("settings_modify");
  const [asking, dialog] = useDisclosure(false);
  const path = `/projects/${project._id}/lock`;
  const unlock = useChange(() => api.delete(path));
  const { locked } = project;
  return (
    <Panel title={t("Lock")}>
      <Group justify="space-between" align="flex-start" gap="md">
        <div style={{ flex: "1 1 260px" }}>
          <StateMark
            state={locked ? "warn" : "ok"}
            words={locked ? lockedWords(locked.reason) : t("Open for changes")}
          />
          {locked ? (
            <Text size="sm" c="dimmed" mt={4}>
              {locked.origin.id
                ? t("Since {time} by {name}", { time: dateTime(locked.timestamp), name: locked.origin.id })
                : t("Since {time}", { time: dateTime(locked.timestamp) })}
            </Text>
          ) : null}
          <Text size="sm" c="dimmed" mt={4}>
            {LOCK_MEANS}
          </Text>
        </div>
        {may && locked ? (
          <Button
            variant="default"
            leftSection={<IconLockOpen size={16} />}
            loading={unlock.isPending}
            onClick={() => unlock.mutate(undefined)}
          >
            {t("Unlock")}
          </Button>
        ) : null}
        {may && !locked ? (
          <Button variant="default" leftSection={<IconLock size={16} />} onClick={dialog.open}>
            {t("Lock project")}
          </Button>
        ) : null}
      </Group>
      {asking ? <LockDialog label={project.label} path={path} onClose={dialog.close} /> : null}
    </Panel>
  );
}

function LockDialog({ label, path, onClose }: { label: string; path: string; onClose: () => void }) {
  const [reason, setReason] = useState<string | null>(null);
  const refresh = useChange(async () => null);
  const lock = useMutation({
    mutationFn: () => api.post(path, { reason }),
    onSuccess: () => {
      refresh.mutate(undefined);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("Lock “{label}”?", { label })}
      size="sm"
      action={t("Lock project")}
      busy={lock.isPending}
      disabled={reason === null}
      error={lock.error}
      onClose={onClose}
      onSubmit={() => lock.mutate()}
    >
      <Text size="sm">
        {LOCK_MEANS} {t("What scanners send to it meanwhile waits in the mis-routed list.")}
      </Text>
      <Select
        label={t("Reason")}
        placeholder={t("Choose a reason")}
        data={LOCK_REASONS}
        value={reason}
        onChange={setReason}
        data-autofocus
      />
    </FormDialog>
  );
}
