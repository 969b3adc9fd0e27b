import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { count } from "../format";

interface SelectionBarProps {
  /** One row: `session`. */
  word: string;
  words?: string;
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
  word,
  words = `${word}s`,
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
  const all = `${total.toLocaleString("en-US")}${more ? "+" : ""}`;
  const named = more ? `${all} ${words}` : count(total, word, words);
  const some = everything ? all : chosen.toLocaleString("en-US");
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
        {chosen > 0 ? `${some} of ${named} selected` : `${named}${filtered ? " match" : ""}`}
      </Text>
      {total > 0 && chosen < total ? (
        <Button size="compact-sm" variant="subtle" onClick={onEverything}>
          Select all {all}
        </Button>
      ) : null}
      {chosen > 0 ? (
        <>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
            Clear
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
