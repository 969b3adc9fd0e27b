import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "@/i18n/text";
import { Copyable } from "./Copyable";

interface ShownOnceProps {
  title: string;
  /** What is to be done with it now. */
  words: string;
  secret: string;
  onClose: () => void;
  children?: ReactNode;
}

/** A fresh secret: only a click on Done or Close takes it away. */
export function ShownOnce({ title, words, secret, onClose, children }: ShownOnceProps) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <Stack gap="sm">
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} p="xs">
          {words}
        </Alert>
        <Copyable text={secret} label={t("key")} />
        {children}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t("Done")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
