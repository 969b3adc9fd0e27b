import { Alert, Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconStack2 } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";
import { LIVE, listQuery, useMe } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import type { Collection } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";

const NEW = "+";

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
  const found = useQuery(listQuery<Collection>("/collections", { sort: "label:asc", limit: 1000 }));
  const [chosen, setChosen] = useState<string | null>(null);
  const [label, setLabel] = useState("");
  const mine = (found.data?.results ?? []).filter(
    (one) => admin || one.permissions.some((entry) => entry._id === user._id && entry.access !== "ro"),
  );
  const choice = chosen ?? (mine.length === 0 ? NEW : null);
  const add = useMutation({
    mutationFn: async () => {
      const contents = { operation: "add", nodes: await nodes() };
      if (choice === NEW) return api.post("/collections", { label: label.trim(), contents });
      return api.put(`/collections/${choice}`, { contents });
    },
    onSuccess: () => {
      const name = choice === NEW ? label.trim() : mine.find((one) => one._id === choice)?.label;
      notifications.show({ message: `Added to “${name}”.` });
      void queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Add to collection" size="sm">
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error ? <Failure error={found.error} what="collection list" /> : null}
      {found.data ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            <Select
              label="Collection"
              searchable
              allowDeselect={false}
              placeholder="Choose a collection"
              data={[
                ...mine.map((one) => ({ value: one._id, label: one.label })),
                { value: NEW, label: "New collection…" },
              ]}
              value={choice}
              onChange={setChosen}
            />
            {choice === NEW ? (
              <TextInput
                label="Label"
                data-autofocus
                maxLength={255}
                value={label}
                onChange={(event) => setLabel(event.currentTarget.value)}
              />
            ) : null}
            {add.error ? (
              <Alert color="red" variant="light" p="xs" role="alert">
                {add.error.message}
              </Alert>
            ) : null}
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                loading={add.isPending}
                disabled={choice === null || (choice === NEW && !label.trim())}
              >
                Add
              </Button>
            </Group>
          </Stack>
        </form>
      ) : null}
    </Modal>
  );
}
