import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "@/api/client";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { ClashDialog } from "../ClashDialog";
import { useMergedEdit } from "../useMergedEdit";
import { complaint, type Detailed, fieldsOf, readDetails, stored, typed } from "./fields";
import { valueWord } from "./valueWords";

const text = (value: Json | undefined) => (value === null || value === undefined ? "" : String(value));

const TITLES: Record<string, string> = {
  subject: t("Edit subject"),
  session: t("Edit session"),
  acquisition: t("Edit acquisition"),
};

interface DetailsDialogProps {
  path: string;
  /** As it was when the dialog opened. */
  shown: Detailed;
  onClose: () => void;
}

/** The fields of a subject, session or acquisition; what two people change at once is settled first. */
export function DetailsDialog({ path, shown, onClose }: DetailsDialogProps) {
  const level = shown.container_type;
  const fields = fieldsOf(level);
  const [base] = useState({ values: readDetails(shown), revision: shown.revision });
  const [texts, setTexts] = useState(
    Object.fromEntries(fields.map(({ title }) => [title, text(base.values[title])])),
  );
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const { dispute, save } = useMergedEdit({
    load: async () => {
      const now = await api.get<Detailed>(path);
      return { values: readDetails(now), revision: now.revision };
    },
    write: (change, revision) => api.put(path, stored(level, change.set), {}, revision),
  });
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      if (await save(base, typed(level, texts))) onClose();
    } catch (refused) {
      setError(refused as Error);
    }
    setBusy(false);
  };
  if (dispute)
    return (
      <ClashDialog
        dispute={{
          clashes: dispute.clashes,
          close: onClose,
          settle: async (leave) => {
            const saved = await dispute.settle(leave);
            if (saved) onClose();
            return saved;
          },
        }}
      />
    );
  return (
    <FormDialog
      title={TITLES[level] ?? ""}
      action={t("Save")}
      busy={busy}
      disabled={fields.some((field) => complaint(field, texts[field.title] ?? "") !== null)}
      error={error}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {fields.map((field, at) => {
        const value = texts[field.title] ?? "";
        const put = (next: string) => setTexts({ ...texts, [field.title]: next });
        return field.words ? (
          <NativeSelect
            key={field.name}
            label={field.title}
            data={[
              { value: "", label: t("Not said") },
              ...field.words.map((word) => ({ value: word, label: valueWord(word) })),
            ]}
            value={value}
            onChange={(event) => put(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            key={field.name}
            label={field.title}
            data-autofocus={at === 0 || undefined}
            maxLength={255}
            error={complaint(field, value)}
            value={value}
            onChange={(event) => put(event.currentTarget.value)}
          />
        );
      })}
    </FormDialog>
  );
}
