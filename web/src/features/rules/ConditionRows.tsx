import { ActionIcon, Button, Checkbox, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { CONDITIONS, LISTS, type List, type Row } from "./rule";

const words = (named: Record<string, string>) =>
  Object.entries(named).map(([value, label]) => ({ value, label }));

const MOST = 50;

/** When a rule fires: a row for each condition. */
export function ConditionRows({ rows, onChange }: { rows: Row[]; onChange: (rows: Row[]) => void }) {
  const replace = (at: number, part: Partial<Row>) =>
    onChange(rows.map((row, number) => (number === at ? { ...row, ...part } : row)));
  return (
    <Stack gap={8} role="group" aria-label={t("Conditions")}>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
        <Group key={at} gap={8} align="center">
          <Select
            aria-label={t("Condition {at}: how it counts", { at: at + 1 })}
            w={96}
            allowDeselect={false}
            data={words(LISTS)}
            value={row.list}
            onChange={(list) => list && replace(at, { list: list as List })}
          />
          <Select
            aria-label={t("Condition {at}: of what", { at: at + 1 })}
            w={190}
            allowDeselect={false}
            data={words(CONDITIONS)}
            value={row.type}
            onChange={(type) => type && replace(at, { type })}
          />
          <TextInput
            aria-label={t("Condition {at}: value", { at: at + 1 })}
            placeholder={row.type === "file.type" ? "dicom" : t("value")}
            maxLength={500}
            style={{ flex: "1 1 120px" }}
            value={row.value}
            onChange={(event) => replace(at, { value: event.currentTarget.value })}
          />
          <Checkbox
            label={t("Pattern")}
            title={t("A regular expression, matched from the start")}
            checked={row.regex}
            onChange={(event) => replace(at, { regex: event.currentTarget.checked })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("Remove condition {at}", { at: at + 1 })}
            onClick={() => onChange(rows.filter((_, number) => number !== at))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          disabled={rows.length >= MOST}
          onClick={() => onChange([...rows, { list: "all", type: "file.name", value: "", regex: false }])}
        >
          {t("Another condition")}
        </Button>
      </div>
    </Stack>
  );
}
