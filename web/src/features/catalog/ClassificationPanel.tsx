import { Button, Group, Select, Stack, TagsInput } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { modalitiesQuery } from "@/api/queries";
import type { FileDoc } from "@/api/types";
import { useChange } from "@/api/useChange";
import { Facts } from "@/ui/Facts";
import { Panel } from "@/ui/Panel";

type Values = Record<string, string[]>;
type Draft = { modality: string | null; values: Values };

const without = (some: Values, others: Values): Values =>
  Object.fromEntries(
    Object.entries(some).map(([key, values]) => [
      key,
      values.filter((value) => !others[key]?.includes(value)),
    ]),
  );

/** What kind of image a file holds, in the words of its modality. */
export function ClassificationPanel({ file, mayEdit }: { file: FileDoc; mayEdit: boolean }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const modalities = useQuery({ ...modalitiesQuery, enabled: draft !== null });
  const save = useChange(async (next: Draft) => {
    // Only what changed is sent, so that values others add meanwhile stay.
    await api.put(`/files/${file.file_id}/classification`, {
      modality: next.modality,
      add: without(next.values, file.classification),
      delete: without(file.classification, next.values),
    });
    setDraft(null);
  });
  const known = modalities.data?.find((one) => one._id === draft?.modality)?.classification ?? {};
  // Values outside the vocabulary (of scripts, of an earlier modality) stay to be seen and taken away.
  const keys = [...new Set([...Object.keys(known), ...Object.keys(draft?.values ?? {}), "Custom"])];
  const said = Object.entries(file.classification).filter(([, values]) => values.length > 0);
  return (
    <Panel
      title="Classification"
      aside={
        mayEdit && draft === null ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={14} />}
            onClick={() => setDraft({ modality: file.modality, values: { ...file.classification } })}
          >
            Edit
          </Button>
        ) : null
      }
    >
      {draft === null ? (
        said.length === 0 && !file.modality ? (
          <span className="dim">Not classified.</span>
        ) : (
          <Facts
            facts={[
              ["Modality", file.modality],
              ...said.map(([key, values]): [string, string] => [key, values.join(", ")]),
            ]}
          />
        )
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(draft);
          }}
        >
          <Stack gap="sm">
            <Select
              label="Modality"
              searchable
              clearable
              data={[
                ...new Set([
                  ...(modalities.data ?? []).map((one) => one._id),
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
                placeholder={known[key] ? "Choose" : "Any word, then Enter"}
                data={known[key] ?? []}
                value={draft.values[key] ?? []}
                onChange={(values) => setDraft({ ...draft, values: { ...draft.values, [key]: values } })}
              />
            ))}
            <Group justify="flex-end" gap={8}>
              <Button variant="default" size="xs" onClick={() => setDraft(null)}>
                Cancel
              </Button>
              <Button type="submit" size="xs" loading={save.isPending}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Panel>
  );
}
