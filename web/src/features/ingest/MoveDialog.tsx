import { Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { contains } from "@/api/filters";
import { LIVE, listQuery } from "@/api/queries";
import { useMayInGroup } from "@/api/rights";
import type { Misrouted, Project } from "@/api/types";
import { count } from "@/ui/format";
import { partsText } from "@/ui/routingWords";

interface MoveDialogProps {
  row: Misrouted;
  /** What may have been meant; may still be changed. */
  to?: Misrouted["suggestions"][number] | undefined;
  /** How many more sessions asked for the same group and project. */
  alike: number;
  onClose: () => void;
}

interface Moved {
  modified: number;
  remaining: number;
  flags: string[];
}

const named = (label: string, group: string) => `${label} (${group})`;

/** Says where a waiting session belongs: it alone, all that were typed alike, and those still to come. */
export function MoveDialog({ row, to, alike, onClose }: MoveDialogProps) {
  const queries = useQueryClient();
  const [project, setProject] = useState<string | null>(to?._id ?? null);
  const [group, setGroup] = useState(to?.group ?? "");
  const [typed, setTyped] = useState(to ? named(to.project, to.group) : "");
  const [subject, setSubject] = useState(row.requested.subject || row.subject?.label || "");
  const [session, setSession] = useState(row.requested.session || row.session.label);
  const [all, setAll] = useState(alike > 0);
  const [remember, setRemember] = useState(false);
  const administers = useMayInGroup(group)("admin");
  const [words] = useDebouncedValue(typed.split(" (")[0] ?? "", 200);
  const projects = useQuery({
    ...listQuery<Project>("/projects", {
      filter: words ? contains("label", words) : undefined,
      sort: "label",
      limit: 50,
    }),
    placeholderData: keepPreviousData,
  });
  // A session in conflict with its subject may stay where it is, under another subject.
  const conflict = row.reason === "ok";
  const choices = (projects.data?.results ?? []).filter((one) => conflict || one._id !== row.project?._id);
  const typedThere = Boolean(row.requested.group) && !conflict;
  const move = useMutation({
    mutationFn: () =>
      api.post<Moved>(`/connector/misrouted/${row.session._id}/move`, {
        project,
        subject: subject.trim(),
        session: session.trim(),
        also_same_string: all && alike > 0,
        remember_alias: remember && administers,
      }),
    onSuccess: async (done) => {
      notifications.show({ message: told(done, session) });
      onClose();
      await queries.invalidateQueries({ queryKey: [LIVE] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate();
  };
  const asked = partsText(row.requested);
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
            data-autofocus={to ? undefined : true}
            searchable
            searchValue={typed}
            onSearchChange={setTyped}
            filter={({ options }) => options}
            data={choices.map((one) => ({ value: one._id, label: named(one.label, one.group) }))}
            nothingFoundMessage="No project matches"
            value={project}
            onChange={(value) => {
              setProject(value);
              setGroup(choices.find((one) => one._id === value)?.group ?? "");
            }}
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
          {alike > 0 ? (
            <Checkbox
              label={`Also the ${count(alike, "other session")} with the same string`}
              description="They keep their own subjects and session labels."
              checked={all}
              onChange={(event) => setAll(event.currentTarget.checked)}
            />
          ) : null}
          {typedThere && administers ? (
            <Checkbox
              label="Remember as alias"
              description="From now on this string leads there by itself."
              checked={remember}
              onChange={(event) => setRemember(event.currentTarget.checked)}
            />
          ) : null}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              data-autofocus={to ? true : undefined}
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

function told({ modified, remaining, flags }: Moved, session: string): string {
  const moved = modified > 1 ? `${count(modified, "session")} were moved.` : `“${session}” was moved.`;
  const left = remaining > 0 ? ` ${count(remaining, "more session")} with this string still wait.` : "";
  const conflict = flags.includes("subject_conflict")
    ? " Its subject has another name there: it stays on the list until somebody says who it is."
    : "";
  return moved + left + conflict;
}
