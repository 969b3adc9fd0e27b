import { ActionIcon, Group, Tooltip } from "@mantine/core";
import type { Icon as TablerIcon } from "@tabler/icons-react";

interface ToolButtonProps {
  words: string;
  Icon: TablerIcon;
  /** Whether it is on; absent for what is done at once. */
  pressed?: boolean;
  disabled?: boolean;
  /** As the panels at the side have it. */
  small?: boolean;
  onClick: () => void;
}

/** One tool of the bar, or of a panel. */
export function ToolButton({ words, Icon, pressed, disabled, small, onClick }: ToolButtonProps) {
  return (
    <Tooltip label={words}>
      <ActionIcon
        size={small ? "md" : 32}
        variant={pressed ? "light" : "subtle"}
        color={pressed ? "indigo" : "gray"}
        aria-pressed={pressed}
        aria-label={words}
        disabled={disabled ?? false}
        onClick={onClick}
      >
        <Icon size={small ? 18 : 19} stroke={small ? 2 : 1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

/** A tool, its words and its picture. */
export type Tool<T extends string> = readonly [T, string, TablerIcon];

interface ToolButtonsProps<T extends string> {
  tools: Tool<T>[];
  chosen: T;
  onChoose: (tool: T) => void;
}

/** Tools of which one is chosen. */
export function ToolButtons<T extends string>({ tools, chosen, onChoose }: ToolButtonsProps<T>) {
  return (
    <Group gap={2}>
      {tools.map(([name, words, Icon]) => (
        <ToolButton
          key={name}
          words={words}
          Icon={Icon}
          pressed={name === chosen}
          onClick={() => onChoose(name)}
        />
      ))}
    </Group>
  );
}
