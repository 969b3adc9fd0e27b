import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { countOf } from "@/i18n/levels";
import { figure, t, tIn } from "@/i18n/text";

interface SelectionBarProps {
  /** What a row is: `session`. */
  level: string;
  total: number;
  /** There are more than were counted. */
  more?: boolean;
  filtered: boolean;
  selected: number;
  everything: boolean;
  onEverything: () => void;
  onClear: () => void;
  /** What can be done with what is selected. */
  children: ReactNode;
  /** About the table, not about what is picked. */
  end?: ReactNode;
}

/** How many rows there are, how many are picked, and what can be done with them. */
export function SelectionBar({
  level,
  total,
  more = false,
  filtered,
  selected,
  everything,
  onEverything,
  onClear,
  children,
  end,
}: SelectionBarProps) {
  const chosen = everything ? total : selected;
  const all = `${figure(total)}${more ? "+" : ""}`;
  const named = countOf(total, level, all);
  const some = everything ? all : figure(chosen);
  return (
    <Group
      mih={48}
      px={14}
      py={6}
      gap={12}
      style={{ borderBottom: "1px solid var(--line)", flex: "none" }}
      wrap="wrap"
    >
      <Text size="sm" role="status" className="cut">
        {chosen > 0
          ? t("{some} of {named} selected", { some, named })
          : filtered
            ? t("{named} match", { named })
            : named}
      </Text>
      {total > 0 && chosen < total ? (
        <Button size="compact-sm" variant="subtle" onClick={onEverything}>
          {t("Select all {all}", { all })}
        </Button>
      ) : null}
      {chosen > 0 ? (
        <>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
            {tIn("selection", "Clear")}
          </Button>
          <Group ml="auto" gap={8}>
            {children}
          </Group>
        </>
      ) : null}
      {end ? <div style={{ marginLeft: chosen > 0 ? 0 : "auto" }}>{end}</div> : null}
    </Group>
  );
}
