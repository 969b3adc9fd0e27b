import { ActionIcon, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import type { ViewColumn } from "@/parts/views/view";
import classes from "./columns.module.css";
import { moved } from "./columnTree";

interface ChosenColumnsProps {
  columns: ViewColumn[];
  onChange: (columns: ViewColumn[]) => void;
}

/** The columns in their order; a name given here heads the column. */
export function ChosenColumns({ columns, onChange }: ChosenColumnsProps) {
  if (columns.length === 0) return <p className={classes.hint}>{t("Choose fields from the list below.")}</p>;
  const rename = (at: number, dst: string) =>
    onChange(
      columns.map((column, index) => {
        if (index !== at) return column;
        const { dst: _old, ...rest } = column;
        return dst && dst !== column.src ? { ...rest, dst } : rest;
      }),
    );
  return (
    <ol className={classes.chosen} aria-label={t("Chosen columns")}>
      {columns.map((column, at) => (
        <li key={column.src} className={classes.row}>
          <TextInput
            size="xs"
            variant="unstyled"
            flex={1}
            miw={0}
            aria-label={t("Heading of {field}", { field: column.src })}
            title={column.src}
            placeholder={column.src}
            key={column.dst ?? ""}
            defaultValue={column.dst ?? column.src}
            onBlur={(event) => {
              const name = event.currentTarget.value.trim();
              if (name !== (column.dst ?? column.src)) rename(at, name);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.currentTarget.blur();
            }}
          />
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            disabled={at === 0}
            aria-label={t("Move {field} up", { field: column.src })}
            onClick={() => onChange(moved(columns, at, -1))}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            disabled={at === columns.length - 1}
            aria-label={t("Move {field} down", { field: column.src })}
            onClick={() => onChange(moved(columns, at, 1))}
          >
            <IconArrowDown size={14} />
          </ActionIcon>
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            aria-label={t("Remove {field}", { field: column.src })}
            onClick={() => onChange(columns.filter((_, index) => index !== at))}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ol>
  );
}
