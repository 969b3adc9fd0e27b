import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { contains } from "@/api/filters";
import { LIVE, listQuery } from "@/api/queries";
import type { Misrouted, Project } from "@/api/types";
import { requestedText } from "./words";

/** Says where a waiting session belongs; subject and session labels may be corrected on the way. */
export function MoveDialog({ row, onClose }: { row: Misrouted; onClose: () => void }) {
  const queries = useQueryClient();
  const [project, setProject] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [subject, setSubject] = useState(row.requested.subject || row.subject?.label || "");
  const [session, setSession] = useState(row.requested.session || row.session.label);
  const [words] = useDebouncedValue(typed.split(" (")[0] ?? "", 200);
  const projects = useQuery({
    ...listQuery<Project>("/projects", {
      filter: words ? contains("label", words) : undefined,
      sort: "label",
      limit: 50,
    }),
    placeholderData: keepPreviousData,
  });
  const choices = (projects.data?.results ?? []).filter((one) => one._id !== row.project?._id);
  const move = useMutation({
    mutationFn: () =>
      api.post(`/connector/misrouted/${row.session._id}/move`, {
        project,
        subject: subject.trim(),
        session: session.trim(),
      }),
    onSuccess: async () => {
      notifications.show({ message: `“${session}” was moved.` });
      onClose();
      await queries.invalidateQueries({ queryKey: [LIVE] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate();
  };
  const asked = requestedText(row.requested);
  return (
    <Modal opened onClose={onClose} title={`Move “${row.session.label || "untitled"}”`}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {asked ? (
            <Text size="sm" c="dimmed">
              The scanner asked for <code className="mono">{asked}</code>
            </Text>
          ) : null}
          <Select
            label="Project"
            placeholder="Type to find a project"
            data-autofocus
            searchable
            searchValue={typed}
            onSearchChange={setTyped}
            filter={({ options }) => options}
            data={choices.map((one) => ({ value: one._id, label: `${one.label} (${one.group})` }))}
            nothingFoundMessage="No project matches"
            value={project}
            onChange={setProject}
          />
          <TextInput
            label="Subject"
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
          <TextInput
            label="Session"
            value={session}
            onChange={(event) => setSession(event.currentTarget.value)}
            error={move.error?.message}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={!project || !subject.trim() || !session.trim()}
              loading={move.isPending}
            >
              Move
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
