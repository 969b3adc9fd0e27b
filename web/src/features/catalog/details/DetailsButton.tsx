import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
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
        aria-label={`Edit details of ${shown.label || "this"}`}
        leftSection={<IconPencil size={14} />}
        onClick={dialog.open}
      >
        Edit
      </Button>
      <Suspense>{opened ? <Dialog path={path} shown={shown} onClose={dialog.close} /> : null}</Suspense>
    </>
  );
}
