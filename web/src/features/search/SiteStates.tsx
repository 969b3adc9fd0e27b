import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { figure, t } from "@/i18n/text";
import { StateMark } from "@/ui/StateMark";
import type { SiteAnswer } from "./search";
import { answerOf } from "./sites";

interface SiteStatesProps {
  /** How many were found on all of them: `12 sessions`. */
  found: string;
  sites: Record<string, SiteAnswer>;
  end: ReactNode;
}

/** How each site answered; what one that failed has is not in the result, which is said here. */
export function SiteStates({ found, sites, end }: SiteStatesProps) {
  return (
    <Group mih={48} px={14} py={6} gap={14} style={{ borderBottom: "1px solid var(--line)", flex: "none" }}>
      <Text size="sm" role="status">
        {found}
      </Text>
      <Group
        component="ul"
        aria-label={t("Sites")}
        gap={14}
        m={0}
        p={0}
        style={{ listStyle: "none" }}
        flex={1}
      >
        {Object.entries(sites).map(([id, site]) => (
          <li key={id}>
            <StateMark
              state={site.status === "ok" ? "ok" : "warn"}
              words={`${site.label ?? id}: ${answerOf(site)}`}
              title={t("{count} ms", { count: figure(site.ms) })}
            />
          </li>
        ))}
      </Group>
      {end}
    </Group>
  );
}
