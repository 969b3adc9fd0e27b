import { ActionIcon, Button, Group, Menu, Text, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "@/i18n/text";
import type { Saving } from "./keeper";
import classes from "./SidePanel.module.css";

interface SidePanelProps {
  title: string;
  /** Beside the title. */
  actions: ReactNode;
  saving: Saving;
  /** What is kept where. */
  words: string;
  draft: boolean;
  publish: () => void;
  /** Try once more to keep what could not be kept. */
  again: (() => void) | null;
  children: ReactNode;
}

/** What somebody makes of the images, beside them: kept as a draft until it is saved as a version. */
export function SidePanel({
  title,
  actions,
  saving,
  words,
  draft,
  publish,
  again,
  children,
}: SidePanelProps) {
  const failed = saving instanceof Error;
  return (
    <aside className={classes.panel} aria-label={title}>
      <Group gap={4} wrap="nowrap" className={classes.head}>
        <h2>{title}</h2>
        {actions}
      </Group>
      <Group gap="xs" px={12} pb={8} wrap="nowrap" justify="space-between">
        <Text size="xs" c={failed ? "var(--bad)" : "dimmed"} role="status">
          {failed ? saving.message : saving === "saving" ? t("Saving") : words}
        </Text>
        {again ? (
          <Button size="compact-xs" flex="none" variant="default" onClick={again}>
            {t("Try again")}
          </Button>
        ) : draft ? (
          <Button size="compact-xs" flex="none" onClick={publish}>
            {t("Save version")}
          </Button>
        ) : null}
      </Group>
      {children}
    </aside>
  );
}

/** Its rows. */
export function SideList({ children }: { children: ReactNode }) {
  return <ul className={classes.list}>{children}</ul>;
}

interface ExportMenuProps {
  label: string;
  disabled: boolean;
  children: ReactNode;
}

/** The files that can be made of it. */
export function ExportMenu({ label, disabled, children }: ExportMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled}>
            <IconDownload size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
