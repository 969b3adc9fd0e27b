import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import { useOwnGroups } from "./useOwnGroups";

const Dialog = lazy(async () => ({ default: (await import("./NewProjectDialog")).NewProjectDialog }));

/** Opens the dialog for a new project; not there for those who may not make one. */
export function NewProjectButton() {
  const own = useOwnGroups();
  const [opened, dialog] = useDisclosure(false);
  if (!own || (!own.mayAdd && own.none)) return null;
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
        {t("New project")}
      </Button>
      <Suspense>{opened ? <Dialog own={own} onClose={dialog.close} /> : null}</Suspense>
    </>
  );
}
