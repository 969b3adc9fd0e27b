import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import type { Detailed } from "./fields";

const Dialog = lazy(async () => ({ default: (await import("./DetailsDialog")).DetailsDialog }));

/** Edits the container's own fields: its label, and what its level has besides. */
export function DetailsButton({ path, shown }: { path: string; shown: Detailed }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={
          shown.label ? t("Edit details of {label}", { label: shown.label }) : t("Edit details of this")
        }
        leftSection={<IconPencil size={14} />}
        onClick={dialog.open}
      >
        {t("Edit")}
      </Button>
      <Suspense>{opened ? <Dialog path={path} shown={shown} onClose={dialog.close} /> : null}</Suspense>
    </>
  );
}
