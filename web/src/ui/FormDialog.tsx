import { Alert, Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { t } from "@/i18n/text";

interface FormDialogProps extends Pick<ModalProps, "title" | "size"> {
  action: string;
  busy: boolean;
  disabled?: boolean;
  /** Removes something, or takes a protection away. */
  dangerous?: boolean;
  error?: Error | null;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

/** Asks for a few things, then does what its button says; why it was refused stays beside the fields. */
export function FormDialog({
  title,
  size = "md",
  action,
  busy,
  disabled = false,
  dangerous = false,
  error,
  onClose,
  onSubmit,
  children,
}: FormDialogProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Modal opened onClose={onClose} title={title} size={size}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {children}
          {error ? (
            <Alert color="red" variant="light" p="xs" role="alert">
              {error.message}
            </Alert>
          ) : null}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t("Cancel")}
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={disabled}
              {...(dangerous ? { color: "red", variant: "outline" } : {})}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
