import { TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { LIVE, useMe } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import type { Collection } from "@/api/types";
import { t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { COLLECTIONS } from "@/parts/pick/source";
import { FormDialog } from "@/ui/FormDialog";
import type { Collect } from "./collectNodes";

const NEW = { value: "+", label: t("New collection…") };

interface AddToCollectionDialogProps {
  onAdd: Collect;
  onClose: () => void;
}

/** Into which collection; a new one is made on the way. */
export function AddToCollectionDialog({ onAdd, onClose }: AddToCollectionDialogProps) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const queries = useQueryClient();
  const [choice, setChoice] = useState<string | null>(null);
  const [chosen, setChosen] = useState("");
  const [label, setLabel] = useState("");
  const usable = (one: Collection) =>
    admin || one.permissions.some((entry) => entry._id === user._id && entry.access !== "ro");
  const add = useMutation({
    mutationFn: () => onAdd(choice === NEW.value ? { label: label.trim() } : (choice ?? "")),
    onSuccess: () => {
      const name = choice === NEW.value ? label.trim() : chosen;
      notifications.show({ message: t("Added to “{name}”.", { name }) });
      void queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("Add to collection")}
      size="sm"
      action={t("Add")}
      busy={add.isPending}
      disabled={choice === null || (choice === NEW.value && !label.trim())}
      error={add.error}
      onClose={onClose}
      onSubmit={() => add.mutate()}
    >
      <Picker
        source={{ ...COLLECTIONS, usable }}
        label={t("Collection")}
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
          label={t("Label")}
          data-autofocus
          maxLength={255}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
      ) : null}
    </FormDialog>
  );
}
