import { Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Misrouted } from "@/api/types";
import { Picker } from "@/parts/pick/Picker";
import { PROJECTS } from "@/parts/pick/source";
import { FormDialog } from "@/ui/FormDialog";
import { requestedText } from "./words";

/** Says where a waiting session belongs; subject and session labels may be corrected on the way. */
export function MoveDialog({ row, onClose }: { row: Misrouted; onClose: () => void }) {
  const queries = useQueryClient();
  const [project, setProject] = useState<string | null>(null);
  const [subject, setSubject] = useState(row.requested.subject || row.subject?.label || "");
  const [session, setSession] = useState(row.requested.session || row.session.label);
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
  const asked = requestedText(row.requested);
  return (
    <FormDialog
      title={`Move “${row.session.label || "untitled"}”`}
      action="Move"
      busy={move.isPending}
      disabled={!project || !subject.trim() || !session.trim()}
      error={move.error}
      onClose={onClose}
      onSubmit={() => move.mutate()}
    >
      {asked ? (
        <Text size="sm" c="dimmed">
          The scanner asked for <code className="mono">{asked}</code>
        </Text>
      ) : null}
      <Picker
        source={PROJECTS}
        taken={row.project ? [row.project._id] : []}
        label="Project"
        data-autofocus
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
    </FormDialog>
  );
}
