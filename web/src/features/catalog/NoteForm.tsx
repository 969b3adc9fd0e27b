import { Button, Group, Textarea } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { t } from "@/i18n/text";

interface NoteFormProps {
  label: string;
  action: string;
  initial?: string;
  onSave: (text: string) => Promise<unknown>;
  onCancel?: () => void;
}

/** The text of a note; Ctrl+Enter saves it. */
export function NoteForm({ label, action, initial = "", onSave, onCancel }: NoteFormProps) {
  const [text, setText] = useState(initial);
  const [busy, setBusy] = useState(false);
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!text.trim()) return;
    setBusy(true);
    // A refusal is said aloud where it is sent, and the text stays.
    const kept = await onSave(text.trim()).then(
      () => false,
      () => true,
    );
    setBusy(false);
    if (!kept) setText(initial);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel?.();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
  };
  return (
    <form onSubmit={(event) => void submit(event)} onKeyDown={keys}>
      <Textarea
        aria-label={label}
        placeholder={t("Write a note: Markdown, and a DOI becomes a link")}
        autosize
        minRows={2}
        maxLength={100_000}
        autoFocus={onCancel !== undefined}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() || onCancel ? (
        <Group gap={8} mt={8}>
          <Button type="submit" size="xs" variant="default" loading={busy} disabled={!text.trim()}>
            {action}
          </Button>
          {onCancel ? (
            <Button size="xs" variant="subtle" color="gray" onClick={onCancel}>
              {t("Cancel")}
            </Button>
          ) : null}
        </Group>
      ) : null}
    </form>
  );
}
