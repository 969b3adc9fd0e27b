import { ActionIcon, Button, Group, NativeSelect, Stack, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import type { ChangeDraft, FieldLine } from "./change";

const ACTS = [
  { value: "set", label: t("Set") },
  { value: "delete", label: t("Remove") },
];

interface ChangeFormProps {
  draft: ChangeDraft;
  onChange: (draft: ChangeDraft) => void;
}

/** Which fields get which value, which go, and which tags are added and taken away. */
export function ChangeForm({ draft, onChange }: ChangeFormProps) {
  const put = (fields: FieldLine[]) => onChange({ ...draft, fields });
  const edit = (at: number, part: Partial<FieldLine>) =>
    put(draft.fields.map((line, index) => (index === at ? { ...line, ...part } : line)));
  return (
    <>
      <Stack gap={6} role="group" aria-label={t("Fields")}>
        {draft.fields.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          <Group key={at} gap={6} wrap="nowrap">
            <NativeSelect
              aria-label={t("What happens to field {number}", { number: at + 1 })}
              w={104}
              flex="none"
              data={ACTS}
              value={line.act}
              onChange={(event) => edit(at, { act: event.currentTarget.value as FieldLine["act"] })}
            />
            <TextInput
              aria-label={t("Name of field {number}", { number: at + 1 })}
              placeholder={t("Field, such as qa.passed")}
              flex={1}
              data-autofocus={at === 0 || undefined}
              value={line.name}
              onChange={(event) => edit(at, { name: event.currentTarget.value })}
            />
            {line.act === "set" ? (
              <TextInput
                aria-label={t("Value of field {number}", { number: at + 1 })}
                placeholder={t("Text, number, true, JSON")}
                flex={1}
                value={line.value}
                onChange={(event) => edit(at, { value: event.currentTarget.value })}
              />
            ) : null}
            <ActionIcon
              size={30}
              variant="subtle"
              color="gray"
              aria-label={t("Leave out field {number}", { number: at + 1 })}
              disabled={draft.fields.length === 1}
              onClick={() => put(draft.fields.filter((_line, index) => index !== at))}
            >
              <IconX size={15} />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => put([...draft.fields, { act: "set", name: "", value: "" }])}
          >
            {t("Another field")}
          </Button>
        </div>
      </Stack>
      <TagsInput
        label={t("Add tags")}
        acceptValueOnBlur
        maxLength={64}
        value={draft.addTags}
        onChange={(addTags) => onChange({ ...draft, addTags })}
      />
      <TagsInput
        label={t("Remove tags")}
        acceptValueOnBlur
        maxLength={64}
        value={draft.removeTags}
        onChange={(removeTags) => onChange({ ...draft, removeTags })}
      />
    </>
  );
}
