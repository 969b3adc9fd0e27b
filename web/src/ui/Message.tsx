import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface MessageProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  detail?: string | null | undefined;
  icon?: ReactNode;
  alert?: boolean;
}

/** One calm sentence in place of content, with the one thing to do next. */
export function Message({ title, children, action, detail, icon, alert = false }: MessageProps) {
  return (
    <Stack
      align="center"
      justify="center"
      gap={8}
      py={48}
      px="md"
      ta="center"
      role={alert ? "alert" : undefined}
    >
      {icon}
      <Title order={2} size="h3">
        {title}
      </Title>
      {children ? (
        <Text c="dimmed" maw={460} component="div">
          {children}
        </Text>
      ) : null}
      {action ? <div style={{ marginTop: 8 }}>{action}</div> : null}
      {detail ? (
        <Text size="xs" c="dimmed" className="mono">
          {detail}
        </Text>
      ) : null}
    </Stack>
  );
}
