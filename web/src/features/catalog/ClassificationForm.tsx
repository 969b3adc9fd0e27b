import { Button, Group, Select, Stack, TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { modalitiesQuery } from "@/api/queries";
import type { FileDoc } from "@/api/types";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";

type Values = Record<string, string[]>;
type Draft = { modality: string | null; values: Values };

const without = (some: Values, others: Values): Values =>
  Object.fromEntries(
    Object.entries(some).map(([key, values]) => [
      key,
      values.filter((value) => !others[key]?.includes(value)),
    ]),
  );

/** Another modality, other words: those of the modality, or any under `Custom`. */
export function ClassificationForm({ file, onDone }: { file: FileDoc; onDone: () => void }) {
  const [draft, setDraft] = useState<Draft>({ modality: file.modality, values: { ...file.classification } });
  const modalities = useQuery(modalitiesQuery);
  const save = useChange(async (next: Draft) => {
    // Only what changed is sent, so that values others add meanwhile stay.
    await api.put(`/files/${file.file_id}/classification`, {
      modality: next.modality,
      add: without(next.values, file.classification),
      delete: without(file.classification, next.values),
    });
    onDone();
  });
  const known = modalities.data?.find((one) => one._id === draft.modality)?.classification ?? {};
  // Values outside the vocabulary (of scripts, of an earlier modality) stay to be seen and taken away.
  const keys = [...new Set([...Object.keys(known), ...Object.keys(draft.values), "Custom"])];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(draft);
      }}
    >
      <Stack gap="sm">
        <Select
          label={t("Modality")}
          searchable
          clearable
          data={[
            ...new Set([
              ...(modalities.data ?? []).filter((one) => one.active).map((one) => one._id),
              ...(draft.modality ? [draft.modality] : []),
            ]),
          ]}
          value={draft.modality}
          onChange={(modality) => setDraft({ ...draft, modality })}
        />
        {keys.map((key) => (
          <TagsInput
            key={key}
            label={key}
            placeholder={known[key] ? t("Choose") : t("Any word, then Enter")}
            data={known[key] ?? []}
            value={draft.values[key] ?? []}
            onChange={(values) => setDraft({ ...draft, values: { ...draft.values, [key]: values } })}
          />
        ))}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" size="xs" onClick={onDone}>
            {t("Cancel")}
          </Button>
          <Button type="submit" size="xs" loading={save.isPending}>
            {t("Save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
