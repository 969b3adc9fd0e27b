import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { groupsQuery, LIVE } from "@/api/queries";
import type { Group as GroupDoc } from "@/api/types";
import { groupIdProblem } from "./groupId";
import { NewGroupFields } from "./NewGroupFields";

interface NewProjectDialogProps {
  groups: GroupDoc[];
  mayAddGroup: boolean;
  onClose: () => void;
}

interface Created {
  _id: string;
}

// No group id starts with a sign, so this never meets one.
const NEW_GROUP = "+";

const labelProblem = (label: string) =>
  /[/\\]/.test(label) ? "No / or \\ here: scanners name the project between slashes." : null;

/** Makes a project, with a new group for it when wanted, and goes to its page. */
export function NewProjectDialog({ groups, mayAddGroup, onClose }: NewProjectDialogProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [group, setGroup] = useState<string | null>(
    groups.length === 0 ? NEW_GROUP : groups.length === 1 ? (groups[0]?._id ?? null) : null,
  );
  const [newGroup, setNewGroup] = useState({ id: "", label: "" });
  const [label, setLabel] = useState("");
  const [description, setDescription] = useState("");
  const adding = group === NEW_GROUP;
  const groupId = adding ? newGroup.id.trim() : (group ?? "");
  const problem = (adding ? groupIdProblem(groupId) : null) ?? labelProblem(label);

  const make = useMutation({
    mutationFn: async () => {
      if (adding) {
        await api.post<Created>("/groups", { _id: groupId, label: newGroup.label.trim() || groupId });
        // Should the project be refused, the group is there already: the next try only chooses it.
        await queries.invalidateQueries(groupsQuery);
        setGroup(groupId);
      }
      return api.post<Created>("/projects", {
        group: groupId,
        label: label.trim(),
        description: description.trim() || null,
      });
    },
    onSuccess: async ({ _id }) => {
      void queries.invalidateQueries({ queryKey: [LIVE] });
      await navigate({ to: "/projects/$p", params: { p: _id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const choices = groups.map((one) => ({
    value: one._id,
    label: one.label && one.label !== one._id ? `${one.label} (${one._id})` : one._id,
  }));
  return (
    <Modal opened onClose={onClose} title="New project">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Select
            label="Group"
            placeholder="Choose a group"
            searchable
            allowDeselect={false}
            data={mayAddGroup ? [...choices, { value: NEW_GROUP, label: "New group…" }] : choices}
            nothingFoundMessage="No group matches"
            value={group}
            onChange={setGroup}
            data-autofocus={group === null || undefined}
          />
          {adding ? <NewGroupFields value={newGroup} onChange={setNewGroup} /> : null}
          <TextInput
            label="Project label"
            placeholder="study01"
            maxLength={255}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
            error={labelProblem(label)}
            data-autofocus={(group !== null && !adding) || undefined}
          />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            maxRows={6}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          {groupId && label.trim() && !problem ? (
            <Text size="sm" c="dimmed">
              Scanners send to it with the Patient ID{" "}
              <code className="mono" style={{ overflowWrap: "anywhere" }}>
                fw://{groupId}/{label.trim()}
              </code>
            </Text>
          ) : null}
          {make.error ? (
            <Alert color="red" variant="light" p="xs" role="alert">
              {make.error.message}
            </Alert>
          ) : null}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={!groupId || !label.trim() || problem !== null}
              loading={make.isPending}
            >
              Create project
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
