import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { LabelFields } from "@/ui/LabelFields";

/** Makes an empty collection and goes to it. */
export function NewCollectionButton() {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
        {t("New collection")}
      </Button>
      {opened ? <NewCollectionDialog onClose={dialog.close} /> : null}
    </>
  );
}

function NewCollectionDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [label, setLabel] = useState("");
  const [description, setDescription] = useState("");
  const make = useMutation({
    mutationFn: () =>
      api.post<{ _id: string }>("/collections", {
        label: label.trim(),
        description: description.trim() || null,
      }),
    onSuccess: async ({ _id }) => {
      void queries.invalidateQueries({ queryKey: [LIVE] });
      await navigate({ to: "/collections/$c", params: { c: _id } });
    },
  });
  return (
    <FormDialog
      title={t("New collection")}
      size="sm"
      action={t("Create collection")}
      busy={make.isPending}
      disabled={!label.trim()}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate()}
    >
      <LabelFields
        label={label}
        description={description}
        onLabel={setLabel}
        onDescription={setDescription}
      />
    </FormDialog>
  );
}
