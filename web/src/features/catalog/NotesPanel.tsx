import { api } from "@/api/client";
import { useMe } from "@/api/queries";
import type { Note } from "@/api/types";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { NoteForm } from "./NoteForm";
import { NoteItem } from "./NoteItem";
import classes from "./NotesPanel.module.css";
import type { Place } from "./place";

/** What people wrote here, and a field to write more. */
export function NotesPanel({ place, notes }: { place: Place; notes: Note[] }) {
  const { user } = useMe();
  const add = useChange((text: string) => api.post(`${place.path}/notes`, { text }));
  const edit = useChange(({ id, text }: { id: string; text: string }) =>
    api.put(`${place.path}/notes/${id}`, { text }),
  );
  const remove = useChange((id: string) => api.delete(`${place.path}/notes/${id}`));
  const mayWrite = place.may("notes_manage");
  const owns = (note: Note) =>
    mayWrite && (note.user === user._id || place.may("project_permissions_manage"));
  return (
    <Panel title={t("Notes")}>
      {notes.length === 0 && !mayWrite ? <span className="dim">{t("No notes.")}</span> : null}
      <ul className={classes.notes}>
        {notes.map((note) => (
          <NoteItem
            key={note._id}
            note={note}
            own={owns(note)}
            onChange={(text) => edit.mutateAsync({ id: note._id, text })}
            onDelete={() => remove.mutate(note._id)}
          />
        ))}
      </ul>
      {mayWrite ? (
        <NoteForm label={t("New note")} action={t("Add note")} onSave={(text) => add.mutateAsync(text)} />
      ) : null}
    </Panel>
  );
}
