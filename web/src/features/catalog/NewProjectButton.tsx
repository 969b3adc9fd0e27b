import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { NewProjectDialog } from "./NewProjectDialog";
import { useOwnGroups } from "./useOwnGroups";

/** Opens the dialog for a new project; not there for those who may not make one. */
export function NewProjectButton() {
  const own = useOwnGroups();
  const [opened, dialog] = useDisclosure(false);
  if (!own || (!own.mayAdd && own.none)) return null;
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
        New project
      </Button>
      {opened ? <NewProjectDialog own={own} onClose={dialog.close} /> : null}
    </>
  );
}
