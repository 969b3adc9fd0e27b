import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { selfQuery } from "@/api/queries";
import { sdkKey } from "@/api/sdkKey";
import { Copyable } from "@/ui/Copyable";

interface NewKey {
  unencrypted_secret: string;
}

/** Makes a key and shows it this once, in the form that SDK and command line take. */
export function NewKeyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const queries = useQueryClient();
  const [label, setLabel] = useState("");
  const make = useMutation({
    mutationFn: () => api.post<NewKey>("/users/self/key", { label: label.trim() }),
    onSuccess: () => queries.invalidateQueries(selfQuery),
  });
  const close = () => {
    onClose();
    setLabel("");
    make.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const made = make.data ? sdkKey(window.location.origin, make.data.unencrypted_secret) : null;
  return (
    <Modal opened={opened} onClose={close} title="New API key" size="lg" closeOnClickOutside={made === null}>
      {made ? (
        <Stack gap="sm">
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} p="xs">
            Copy the key now. It is not shown again.
          </Alert>
          <Copyable text={made} label="key" />
          <Text size="sm" c="dimmed">
            For the Python SDK: <code className="mono">flywheel.Client("…")</code>
          </Text>
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label="Label"
              description="What the key is for; you will see it in the list."
              placeholder="analysis laptop"
              value={label}
              onChange={(event) => setLabel(event.currentTarget.value)}
              error={make.error?.message}
              data-autofocus
            />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={make.isPending}>
                Create key
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
