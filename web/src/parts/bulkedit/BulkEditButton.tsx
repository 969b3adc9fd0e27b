import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import type { BulkLevel } from "./change";

const Dialog = lazy(async () => ({ default: (await import("./BulkEditDialog")).BulkEditDialog }));

interface BulkEditButtonProps {
  level: BulkLevel;
  /** The ids of what is selected, also when that is a whole list. */
  ids: () => Promise<string[]>;
}

/** Changes fields and tags of everything that is selected. */
export function BulkEditButton({ level, ids }: BulkEditButtonProps) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} />} onClick={dialog.open}>
        {t("Edit")}
      </Button>
      <Suspense>{opened ? <Dialog level={level} ids={ids} onClose={dialog.close} /> : null}</Suspense>
    </>
  );
}
