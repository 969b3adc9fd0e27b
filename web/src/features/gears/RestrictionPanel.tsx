import { ActionIcon, Stack, Switch, Text, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { SERIES, seriesQuery, useIsDeveloper } from "@/api/gears";
import { useChange } from "@/api/useChange";
import { useProjectLabels } from "@/api/useProjectLabels";
import { t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { PEOPLE, PROJECTS, type Source } from "@/parts/pick/source";
import { Panel } from "@/ui/Panel";

/** Who may run a gear: everybody, or these people and projects. */
export function RestrictionPanel({ name }: { name: string }) {
  const developer = useIsDeveloper();
  const { data: series } = useQuery({ ...seriesQuery(name), enabled: developer });
  const stale = [SERIES];
  const path = `/gears/${encodeURIComponent(name)}`;
  const restrict = useChange((is_restricted: boolean) => api.put(`${path}/series`, { is_restricted }), stale);
  const permit = useChange(
    ({ kind, id }: { kind: string; id: string }) => api.put(`${path}/permissions/${kind}`, { id }),
    stale,
  );
  const forbid = useChange(
    ({ kind, id }: { kind: string; id: string }) =>
      api.delete(`${path}/permissions/${kind}/${encodeURIComponent(id)}`),
    stale,
  );
  const labelOf = useProjectLabels(series?.permissions.projects ?? []);
  if (!series) return null;
  const entries = <T extends { _id: string }>(
    kind: "users" | "projects",
    source: Source<T>,
    words: string,
    labelled: (id: string) => string,
  ) => (
    <div>
      <Picker
        source={source}
        label={words}
        taken={series.permissions[kind]}
        value={null}
        disabled={permit.isPending}
        onChange={(id) => id && permit.mutate({ kind, id })}
      />
      <ul style={{ margin: "6px 0 0", padding: 0, listStyle: "none" }}>
        {series.permissions[kind].map((id) => (
          <li key={id} style={{ display: "flex", justifyContent: "space-between", gap: 8 }}>
            <span className="cut">{labelled(id)}</span>
            <Tooltip label={t("Take away")}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("Take away {name}", { name: labelled(id) })}
                disabled={forbid.isPending}
                onClick={() => forbid.mutate({ kind, id })}
              >
                <IconX size={16} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <Panel title={t("Who may run it")}>
      <Stack gap="sm">
        <Switch
          label={t("Only chosen people and projects")}
          checked={series.is_restricted}
          disabled={restrict.isPending}
          onChange={(event) => restrict.mutate(event.currentTarget.checked)}
        />
        {series.is_restricted ? (
          <>
            {entries("users", PEOPLE, t("People"), (id) => id)}
            {entries("projects", PROJECTS, t("Projects"), (id) => labelOf(id) || id)}
            <Text size="xs" c="dimmed">
              {t("Outputs and logs stay readable, and rules that are there go on.")}
            </Text>
          </>
        ) : null}
      </Stack>
    </Panel>
  );
}
