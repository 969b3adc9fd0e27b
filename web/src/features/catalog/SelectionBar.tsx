import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { count } from "@/ui/format";

interface SelectionBarProps {
  total: number;
  filtered: boolean;
  selected: number;
  everything: boolean;
  onEverything: () => void;
  onClear: () => void;
  /** What can be done with what is selected. */
  children: ReactNode;
}

/** How many rows there are, how many are picked, and what can be done with them. */
export function SelectionBar({
  total,
  filtered,
  selected,
  everything,
  onEverything,
  onClear,
  children,
}: SelectionBarProps) {
  const chosen = everything ? total : selected;
  return (
    <Group
      h={48}
      px={14}
      gap={12}
      style={{ borderBottom: "1px solid var(--line)", flex: "none" }}
      wrap="nowrap"
    >
      <Text size="sm" role="status" className="cut">
        {chosen > 0
          ? `${chosen.toLocaleString("en-US")} of ${count(total, "session")} selected`
          : `${count(total, "session")}${filtered ? " match" : ""}`}
      </Text>
      {total > 0 && chosen < total ? (
        <Button size="compact-sm" variant="subtle" onClick={onEverything}>
          Select all {total.toLocaleString("en-US")}
        </Button>
      ) : null}
      {chosen > 0 ? (
        <>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
            Clear
          </Button>
          <Group ml="auto" gap={8} wrap="nowrap">
            {children}
          </Group>
        </>
      ) : null}
    </Group>
  );
}
