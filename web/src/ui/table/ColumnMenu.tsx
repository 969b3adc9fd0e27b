import { ActionIcon, Checkbox, Popover, Stack, Tooltip } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { useHiddenColumns } from "./DataTable";
import type { DataColumn } from "./model";

/** Which columns of the table are shown; the first always is. */
export function ColumnMenu<T>({ name, columns }: { name: string; columns: DataColumn<T>[] }) {
  const [hidden, setHidden] = useHiddenColumns(name, columns);
  const toggle = (id: string) =>
    setHidden((old) => (old.includes(id) ? old.filter((one) => one !== id) : [...old, id]));
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("Columns")}>
          <ActionIcon variant="default" size={34} aria-label={t("Choose columns")}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          {columns.slice(1).map((column) => (
            <Checkbox
              key={column.id}
              size="sm"
              label={column.title}
              checked={!hidden.includes(column.id)}
              onChange={() => toggle(column.id)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
