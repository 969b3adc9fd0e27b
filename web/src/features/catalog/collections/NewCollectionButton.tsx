import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";

/** Makes an empty collection and goes to it. */
export function NewCollectionButton() {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
        New collection
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="New collection" size="sm">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Label"
            data-autofocus
            maxLength={255}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          {make.error ? (
            <Alert color="red" variant="light" p="xs" role="alert">
              {make.error.message}
            </Alert>
          ) : null}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending} disabled={!label.trim()}>
              Create collection
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
