import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "@/i18n/text";

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  action: string;
  busy: boolean;
  disabled?: boolean;
  onClose: () => void;
  onConfirm: () => void;
  children: ReactNode;
}

/** Says what goes before something goes; never focuses the dangerous button first. */
export function ConfirmDialog({
  opened,
  title,
  action,
  busy,
  disabled = false,
  onClose,
  onConfirm,
  children,
}: ConfirmDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="sm">
      <Text component="div">{children}</Text>
      <Group justify="flex-end" mt="lg" gap={8}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("Cancel")}
        </Button>
        <Button variant="outline" color="red" loading={busy} disabled={disabled} onClick={onConfirm}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
