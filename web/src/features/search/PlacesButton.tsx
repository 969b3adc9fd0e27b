import { Button, Checkbox, Group, Popover, Stack, Switch, Text } from "@mantine/core";
import { IconChevronDown, IconWorldSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useIsAdmin } from "@/api/rights";
import { plural, t } from "@/i18n/text";
import type { SearchState } from "./search";
import { HOME, type Site, sitesQuery } from "./sites";

const SiteKeyDialog = lazy(async () => ({ default: (await import("./SiteKeyDialog")).SiteKeyDialog }));

interface PlacesButtonProps {
  state: SearchState;
  onChange: (part: SearchState) => void;
}

/** Where is searched: here, on other sites one has a key for, for administrators in all data. */
export function PlacesButton({ state, onChange }: PlacesButtonProps) {
  const admin = useIsAdmin();
  const sites = useQuery(sitesQuery).data ?? [];
  const [opened, open] = useState(false);
  const [connecting, connect] = useState<Site | null>(null);
  const chosen = state.sites ?? [HOME];
  if (sites.length === 0 && !admin) return null;
  const choose = (next: string[]) => {
    const alone = next.length === 0 || (next.length === 1 && next[0] === HOME);
    onChange({ sites: alone ? undefined : next });
  };
  const places =
    chosen.length > 1 || chosen[0] !== HOME
      ? plural(chosen.length, "{count} site", "{count} sites")
      : t("This site");
  return (
    <>
      <Popover opened={opened} onChange={open} position="bottom-end" shadow="md" trapFocus width={300}>
        <Popover.Target>
          <Button
            variant="default"
            onClick={() => open(!opened)}
            leftSection={<IconWorldSearch size={16} />}
            rightSection={<IconChevronDown size={14} />}
          >
            {state.all ? t("{places}, all data", { places }) : places}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap={14}>
            {sites.length > 0 ? (
              <Checkbox.Group label={t("Search on")} value={chosen} onChange={choose}>
                <Stack gap={8} mt={6}>
                  <Checkbox value={HOME} label={t("This site")} />
                  {sites.map((site) => (
                    <Group key={site._id} justify="space-between" wrap="nowrap">
                      <Checkbox value={site._id} label={site.label} disabled={!site.connected} />
                      {site.connected ? null : (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          aria-label={t("Connect to {label}", { label: site.label })}
                          onClick={() => {
                            open(false);
                            connect(site);
                          }}
                        >
                          {t("Connect")}
                        </Button>
                      )}
                    </Group>
                  ))}
                </Stack>
              </Checkbox.Group>
            ) : (
              <Text size="sm" c="dimmed">
                {t("No other sites are known here.")}
              </Text>
            )}
            {admin ? (
              <Switch
                label={t("All data")}
                description={t("Also projects that you have no role in")}
                checked={state.all !== undefined}
                onChange={(event) => onChange({ all: event.currentTarget.checked ? "yes" : undefined })}
              />
            ) : null}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Suspense>
        {connecting ? <SiteKeyDialog site={connecting} onClose={() => connect(null)} /> : null}
      </Suspense>
    </>
  );
}
