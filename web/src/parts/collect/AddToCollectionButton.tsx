import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconStack2 } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import type { Collect } from "./collectNodes";

const Dialog = lazy(async () => ({
  default: (await import("./AddToCollectionDialog")).AddToCollectionDialog,
}));

/** Puts what is selected into a collection, an existing or a new one. */
export function AddToCollectionButton({ add }: { add: Collect }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconStack2 size={16} />} onClick={dialog.open}>
        {t("Add to collection")}
      </Button>
      <Suspense>{opened ? <Dialog onAdd={add} onClose={dialog.close} /> : null}</Suspense>
    </>
  );
}
