import { Button, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconStack2 } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";
import { LIVE, useMe } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import type { Collection } from "@/api/types";
import { Picker } from "@/parts/pick/Picker";
import { COLLECTIONS } from "@/parts/pick/source";
import { FormDialog } from "@/ui/FormDialog";

const NEW = { value: "+", label: "New collection…" };

/** Puts what is selected into a collection, an existing or a new one. */
export function AddToCollectionButton({ nodes }: { nodes: () => Promise<DownloadNode[]> }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconStack2 size={16} />} onClick={dialog.open}>
        Add to collection
      </Button>
      {opened ? <AddDialog nodes={nodes} onClose={dialog.close} /> : null}
    </>
  );
}

function AddDialog({ nodes, onClose }: { nodes: () => Promise<DownloadNode[]>; onClose: () => void }) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const queries = useQueryClient();
  const [choice, setChoice] = useState<string | null>(null);
  const [chosen, setChosen] = useState("");
  const [label, setLabel] = useState("");
  const usable = (one: Collection) =>
    admin || one.permissions.some((entry) => entry._id === user._id && entry.access !== "ro");
  const add = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const contents = { operation: "add", nodes: await nodes() };
      if (choice === NEW.value) return api.post("/collections", { label: label.trim(), contents });
      return api.put(`/collections/${choice}`, { contents });
    },
    onSuccess: () => {
      const name = choice === NEW.value ? label.trim() : chosen;
      notifications.show({ message: `Added to “${name}”.` });
      void queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
  });
  return (
    <FormDialog
      title="Add to collection"
      size="sm"
      action="Add"
      busy={add.isPending}
      disabled={choice === null || (choice === NEW.value && !label.trim())}
      error={add.error}
      onClose={onClose}
      onSubmit={() => add.mutate()}
    >
      <Picker
        source={{ ...COLLECTIONS, usable }}
        label="Collection"
        allowDeselect={false}
        more={[NEW]}
        value={choice}
        onChange={(id, option) => {
          setChoice(id);
          setChosen(option?.label ?? "");
        }}
      />
      {choice === NEW.value ? (
        <TextInput
          label="Label"
          data-autofocus
          maxLength={255}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
      ) : null}
    </FormDialog>
  );
}
