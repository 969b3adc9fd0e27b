import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

interface PageHeadProps {
  title: string;
  kind?: ReactNode;
  /** Right after the title: a badge. */
  mark?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
  /** The browser's title when it should differ from the page's. */
  tab?: string;
}

/** A page's heading: what kind of thing, its label, facts in one line, actions at the right. */
export function PageHead({ title, kind, mark, about, actions, tab }: PageHeadProps) {
  useEffect(() => {
    document.title = `${tab ?? title} · Treadle`;
  }, [tab, title]);
  return (
    <Group justify="space-between" align="flex-end" gap="sm" wrap="wrap">
      <div style={{ minWidth: 0 }}>
        {kind ? (
          <Text size="xs" c="dimmed" component="div">
            {kind}
          </Text>
        ) : null}
        <Group gap={8} wrap="nowrap">
          <Title order={1} className="cut" title={title}>
            {title}
          </Title>
          {mark}
        </Group>
        {about ? (
          <Text size="sm" c="dimmed" component="div">
            {about}
          </Text>
        ) : null}
      </div>
      {actions ? <Group gap={8}>{actions}</Group> : null}
    </Group>
  );
}
