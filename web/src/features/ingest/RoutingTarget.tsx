import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import type { RoutingPreview } from "@/api/types";
import { Panel } from "@/ui/Panel";
import { reasonWords } from "@/ui/routingWords";
import { StateMark } from "@/ui/StateMark";

interface RoutingTargetProps {
  preview: RoutingPreview;
  onUse: (names: { group: string; project: string }) => void;
}

/** Where a study with this string lands, and what may have been meant when that is a parking place. */
export function RoutingTarget({ preview, onUse }: RoutingTargetProps) {
  const { target, alias, suggestions } = preview;
  const fine = target.reason === "ok";
  return (
    <Panel title="Lands in">
      <Stack gap="sm" aria-live="polite">
        <Group gap={10} wrap="nowrap">
          <IconArrowRight size={20} stroke={1.6} aria-hidden="true" />
          <Text size="lg" fw={600} style={{ overflowWrap: "anywhere" }}>
            {target.group}/{target.project}
          </Text>
        </Group>
        <StateMark
          state={fine ? "ok" : "warn"}
          words={
            fine
              ? target.creates_project
                ? "The project is created"
                : "Goes where it should"
              : reasonWords(target.reason)
          }
        />
        {fine ? null : (
          <Text size="sm" c="dimmed">
            Nothing is lost: it waits in the list of mis-routed studies until somebody moves it.
          </Text>
        )}
        {alias ? (
          <Text size="sm">
            The alias <code className="mono">{alias.from}</code> leads to{" "}
            <code className="mono">{alias.to}</code>.
          </Text>
        ) : null}
        {suggestions.length > 0 ? (
          <div>
            <Text size="sm" fw={500} mb={4}>
              Did you mean
            </Text>
            <Group gap={6}>
              {suggestions.map((one) => (
                <Button
                  key={`${one.group}/${one.project}`}
                  size="compact-sm"
                  variant="light"
                  className="mono"
                  onClick={() => onUse(one)}
                >
                  {one.group}/{one.project}
                </Button>
              ))}
            </Group>
          </div>
        ) : null}
      </Stack>
    </Panel>
  );
}
