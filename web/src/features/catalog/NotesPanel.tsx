import { ActionIcon, Button, Text, Textarea } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useMe } from "@/api/queries";
import type { Note } from "@/api/types";
import { useChange } from "@/api/useChange";
import { ago, dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import classes from "./NotesPanel.module.css";
import type { Place } from "./place";

const writer = (note: Note) => [note.firstname, note.lastname].filter(Boolean).join(" ") || note.user;

/** What people wrote here, and a field to write more. */
export function NotesPanel({ place, notes }: { place: Place; notes: Note[] }) {
  const { user } = useMe();
  const [text, setText] = useState("");
  const add = useChange(async (words: string) => {
    await api.post(`${place.path}/notes`, { text: words });
    setText("");
  });
  const remove = useChange((id: string) => api.delete(`${place.path}/notes/${id}`));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(text.trim());
  };
  const mayWrite = place.may("notes_manage");
  const mayDelete = (note: Note) =>
    mayWrite && (note.user === user._id || place.may("project_permissions_manage"));
  return (
    <Panel title="Notes">
      {notes.length === 0 && !mayWrite ? <span className="dim">No notes.</span> : null}
      <ul className={classes.notes}>
        {notes.map((note) => (
          <li key={note._id} className={classes.note}>
            <div className={classes.by}>
              <Text size="xs" c="dimmed" title={dateTime(note.created)}>
                {writer(note)}, {ago(note.created)}
              </Text>
              {mayDelete(note) ? (
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  aria-label={`Delete note of ${writer(note)}`}
                  onClick={() => remove.mutate(note._id)}
                >
                  <IconTrash size={14} />
                </ActionIcon>
              ) : null}
            </div>
            <div className={classes.text}>{note.text}</div>
          </li>
        ))}
      </ul>
      {mayWrite ? (
        <form onSubmit={submit}>
          <Textarea
            aria-label="New note"
            placeholder="Write a note"
            autosize
            minRows={2}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {text.trim() ? (
            <Button type="submit" size="xs" mt={8} variant="default" loading={add.isPending}>
              Add note
            </Button>
          ) : null}
        </form>
      ) : null}
    </Panel>
  );
}
