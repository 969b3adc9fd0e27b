import { Button, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "@/i18n/text";
import { ConfirmDialog } from "./ConfirmDialog";
import { Told } from "./Told";

interface RemoveButtonProps extends Pick<ButtonProps, "size"> {
  /** What is deleted: `role`. */
  what: string;
  remove: { isPending: boolean; error: Error | null; mutate: () => void };
  /** What goes with it. */
  children: ReactNode;
}

/** Deletes what the page shows, after saying what that means. */
export function RemoveButton({ what, remove, children, ...button }: RemoveButtonProps) {
  const [asking, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={dialog.open} {...button}>
        {t("Delete")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("Delete this {what}?", { what })}
        action={t("Delete {what}", { what })}
        busy={remove.isPending}
        onClose={dialog.close}
        onConfirm={() => remove.mutate()}
      >
        {children}
        {remove.error ? <Told error={remove.error} /> : null}
      </ConfirmDialog>
    </>
  );
}
