import { ActionIcon, Text } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { Note } from "@/api/types";
import { t } from "@/i18n/text";
import { ago, dateTime } from "@/ui/format";
import { NoteForm } from "./NoteForm";
import classes from "./NotesPanel.module.css";

const Markdown = lazy(async () => ({ default: (await import("@/parts/markdown/Markdown")).Markdown }));

const writer = (note: Note) => [note.firstname, note.lastname].filter(Boolean).join(" ") || note.user;

interface NoteItemProps {
  note: Note;
  /** Whether this user may change it. */
  own: boolean;
  onChange: (text: string) => Promise<unknown>;
  onDelete: () => void;
}

/** One note, formatted; its writer changes it in place. */
export function NoteItem({ note, own, onChange, onDelete }: NoteItemProps) {
  const [editing, setEditing] = useState(false);
  return (
    <li className={classes.note}>
      <div className={classes.by}>
        <Text size="xs" c="dimmed" title={dateTime(note.created)}>
          {note.modified > note.created
            ? t("{name}, {time}, edited", { name: writer(note) ?? "", time: ago(note.created) })
            : `${writer(note) ?? ""}, ${ago(note.created)}`}
        </Text>
        {own && !editing ? (
          <span className={classes.actions}>
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={t("Edit note of {name}", { name: writer(note) ?? "" })}
              onClick={() => setEditing(true)}
            >
              <IconPencil size={14} />
            </ActionIcon>
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={t("Delete note of {name}", { name: writer(note) ?? "" })}
              onClick={onDelete}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </span>
        ) : null}
      </div>
      {editing ? (
        <NoteForm
          label={t("Note")}
          action={t("Save note")}
          initial={note.text}
          onSave={async (text) => {
            await onChange(text);
            setEditing(false);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <Suspense fallback={<div className={classes.text}>{note.text}</div>}>
          <Markdown text={note.text} />
        </Suspense>
      )}
    </li>
  );
}
