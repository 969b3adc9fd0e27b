import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import type { RoutingPreview } from "@/api/types";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
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
    <Panel title={t("Lands in")}>
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
                ? t("The project is created")
                : t("Goes where it should")
              : reasonWords(target.reason)
          }
        />
        {fine ? null : (
          <Text size="sm" c="dimmed">
            {t("Nothing is lost: it waits in the list of mis-routed studies until somebody moves it.")}
          </Text>
        )}
        {alias ? (
          <Text size="sm">
            {rich("The alias {from} leads to {to}.", {
              from: <code className="mono">{alias.from}</code>,
              to: <code className="mono">{alias.to}</code>,
            })}
          </Text>
        ) : null}
        {suggestions.length > 0 ? (
          <div>
            <Text size="sm" fw={500} mb={4}>
              {t("Did you mean")}
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
