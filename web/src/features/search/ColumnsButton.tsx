import { ActionIcon, Button, CloseButton, Group, Popover, Stack, Text, Tooltip } from "@mantine/core";
import { IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { FieldPicker } from "./FieldPicker";
import { titleOf } from "./fields";

interface ColumnsButtonProps {
  columns: string[];
  chosen: boolean;
  onChange: (columns: string[] | undefined) => void;
}

/** Which fields are columns, and in which order; any field that occurs can be one. */
export function ColumnsButton({ columns, chosen, onChange }: ColumnsButtonProps) {
  const raise = (at: number) => {
    const next = [...columns];
    next.splice(at - 1, 0, ...next.splice(at, 1));
    onChange(next);
  };
  return (
    <Popover position="bottom-end" shadow="md" trapFocus width={320}>
      <Popover.Target>
        <Tooltip label={t("Columns")}>
          <ActionIcon variant="default" size={30} aria-label={t("Choose columns")}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={4}>
          {columns.map((field, at) => (
            <Group key={field} gap={4} wrap="nowrap">
              <Text size="sm" className="cut" flex={1} title={field}>
                {titleOf(field)}
              </Text>
              {at > 1 ? (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={24}
                  aria-label={t("Move {field} forward", { field })}
                  onClick={() => raise(at)}
                >
                  <IconArrowUp size={14} />
                </ActionIcon>
              ) : null}
              {at > 0 ? (
                <CloseButton
                  size={24}
                  aria-label={t("Remove column {field}", { field })}
                  onClick={() => onChange(columns.filter((one) => one !== field))}
                />
              ) : null}
            </Group>
          ))}
          <FieldPicker
            label={t("Add a column")}
            taken={columns}
            onPick={(field) => onChange([...columns, field])}
          />
          {chosen ? (
            <Button size="compact-sm" variant="subtle" onClick={() => onChange(undefined)}>
              {t("Usual columns")}
            </Button>
          ) : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
