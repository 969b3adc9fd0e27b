import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import type { Doomed } from "./DeleteDialog";

const Dialog = lazy(async () => ({ default: (await import("./DeleteDialog")).DeleteDialog }));

/** Deletes what the page shows after saying what goes with it, then leads to its parent. */
export function DeleteButton(doomed: Doomed) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={dialog.open}>
        {t("Delete")}
      </Button>
      <Suspense>{opened ? <Dialog {...doomed} onClose={dialog.close} /> : null}</Suspense>
    </>
  );
}
