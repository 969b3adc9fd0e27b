import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { modalitiesQuery } from "@/api/queries";
import type { Modality } from "@/api/types";
import { useRemoval } from "@/api/useChange";
import { plural, t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { RemoveButton } from "@/ui/RemoveButton";
import { Told } from "@/ui/Told";
import classes from "./ModalityEditor.module.css";
import { classificationOf, type Entry, entriesOf, vocabularyProblem } from "./vocabulary";

const address = (id: string) => `/modalities/${encodeURIComponent(id)}`;

/** What a modality is called and by which words its files are classified. */
export function ModalityEditor({ modality, mayEdit }: { modality: Modality; mayEdit: boolean }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const adding = modality._id === "";
  const [id, setId] = useState("");
  const [description, setDescription] = useState(modality.description ?? "");
  const [active, setActive] = useState(modality.active);
  const [entries, setEntries] = useState(() => entriesOf(modality.classification));
  const problem = vocabularyProblem(entries);
  const body = {
    classification: classificationOf(entries),
    active,
    description: description.trim() || null,
  };
  const before = [modality.classification, modality.active, modality.description];
  const changed = JSON.stringify(before) !== JSON.stringify([body.classification, active, body.description]);
  const save = useMutation({
    mutationFn: () =>
      adding ? api.post("/modalities", { _id: id.trim(), ...body }) : api.put(address(modality._id), body),
    onSuccess: async () => {
      await queries.invalidateQueries(modalitiesQuery);
      if (adding) await navigate({ to: "/admin/modalities/$m", params: { m: id.trim() }, replace: true });
    },
  });
  const remove = useRemoval(
    () => api.delete(address(modality._id)),
    () => navigate({ to: "/admin/modalities" }),
    modalitiesQuery.queryKey,
  );
  const change = (at: number, part: Partial<Entry>) =>
    setEntries(entries.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return (
    <Page>
      <PageHead
        title={adding ? t("New modality") : modality._id}
        kind={t("Modality")}
        about={plural(entries.flatMap(({ words }) => words).length, "{count} word", "{count} words")}
        actions={
          mayEdit && !adding ? (
            <RemoveButton what={t("modality")} remove={remove}>
              {t("“{id}” is no longer offered. Files keep their modality and classification.", {
                id: modality._id,
              })}
            </RemoveButton>
          ) : null
        }
      />
      <Columns
        main={
          <Panel title={t("Vocabulary")}>
            {entries.length === 0 ? (
              <Message title={t("No vocabulary yet")}>
                {t("Files of this modality can be classified by free words under “Custom” only.")}
              </Message>
            ) : null}
            <ul className={classes.rows} aria-label={t("Vocabulary")}>
              {entries.map(({ key, words }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a key is renamed in its place
                <li key={at} className={classes.row}>
                  <TextInput
                    aria-label={t("Name of row {row}", { row: at + 1 })}
                    placeholder={t("Intent")}
                    disabled={!mayEdit}
                    value={key}
                    onChange={(event) => change(at, { key: event.currentTarget.value })}
                  />
                  <TagsInput
                    aria-label={t("Words of {key}", { key: key || t("row {row}", { row: at + 1 }) })}
                    placeholder={words.length === 0 ? t("Type a word, then Enter") : ""}
                    disabled={!mayEdit}
                    acceptValueOnBlur
                    value={words}
                    onChange={(next) => change(at, { words: next })}
                  />
                  {mayEdit ? (
                    <Tooltip label={t("Remove")}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        mt={3}
                        aria-label={t("Remove {key}", { key: key || t("row {row}", { row: at + 1 }) })}
                        onClick={() => setEntries(entries.filter((_, place) => place !== at))}
                      >
                        <IconX size={16} />
                      </ActionIcon>
                    </Tooltip>
                  ) : null}
                </li>
              ))}
            </ul>
            {mayEdit ? (
              <Button
                mt={10}
                size="xs"
                variant="default"
                leftSection={<IconPlus size={14} />}
                onClick={() => setEntries([...entries, { key: "", words: [] }])}
              >
                {t("Add classification")}
              </Button>
            ) : null}
          </Panel>
        }
        side={
          <Panel title={t("About")}>
            <Stack gap="md">
              {adding ? (
                <TextInput
                  label={t("Name")}
                  description={t("As scanners write it in the modality field, like MR.")}
                  maxLength={64}
                  autoFocus
                  value={id}
                  onChange={(event) => setId(event.currentTarget.value)}
                />
              ) : null}
              <TextInput
                label={t("Description")}
                disabled={!mayEdit}
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
              />
              <Checkbox
                label={t("Offered when files are classified")}
                description={t("Files that have it already keep it.")}
                disabled={!mayEdit}
                checked={active}
                onChange={(event) => setActive(event.currentTarget.checked)}
              />
              {problem && changed ? (
                <Text size="sm" c="var(--bad)" role="status">
                  {problem}
                </Text>
              ) : null}
              {save.error ? <Told error={save.error} /> : null}
              {mayEdit ? (
                <Group justify="flex-end">
                  <Button
                    disabled={problem !== null || (adding ? !id.trim() : !changed)}
                    loading={save.isPending}
                    onClick={() => save.mutate()}
                  >
                    {adding ? t("Create modality") : t("Save")}
                  </Button>
                </Group>
              ) : null}
            </Stack>
          </Panel>
        }
      />
    </Page>
  );
}
