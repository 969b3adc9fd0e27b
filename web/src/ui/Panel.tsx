import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** The title is for screen readers only: the page's heading says it already. */
  untitled?: boolean;
  aside?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}

/** A titled box; `flush` lets tables reach its edges. */
export function Panel({ title, untitled = false, aside, flush = false, children }: PanelProps) {
  return (
    <section className={`panel ${classes.panel}`} aria-label={title}>
      {untitled ? null : (
        <Group justify="space-between" className={classes.head} wrap="nowrap" gap="sm">
          <Title order={2} size="h3">
            {title}
          </Title>
          {aside}
        </Group>
      )}
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  );
}
