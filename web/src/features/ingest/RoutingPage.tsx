import { Button, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { routingQuery } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import { t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { RoutingParts } from "./RoutingParts";
import { RoutingTarget } from "./RoutingTarget";
import { scannersQuery } from "./scanners";

const THIRD = [
  { value: "auto", label: t("The session if it looks like one") },
  { value: "subject", label: t("The subject") },
  { value: "session", label: t("The session") },
];

/** Type what stands in a header and see where such a study would go. */
export function RoutingPage() {
  const search = useSearch({ from: "/inside/framed/routing" });
  const navigate = useNavigate({ from: "/routing" });
  const [typed, setTyped] = useState(search.string ?? "");
  const [string] = useDebouncedValue(typed, 200);
  const scanners = useQuery({ ...scannersQuery, enabled: useIsAdmin() });
  const [scanner, setScanner] = useState<string | null>(null);
  const [prefix, setPrefix] = useState(true);
  const [third, setThird] = useState("auto");
  useCrumbs([{ label: t("Mis-routed"), href: "/misrouted" }, { label: t("Routing check") }]);
  useEffect(() => {
    void navigate({ search: string ? { string } : {}, replace: true });
  }, [navigate, string]);
  const asked = scanner
    ? { string, device: scanner }
    : { string, config: { require_prefix: prefix, third_segment: third } };
  const found = useQuery({ ...routingQuery(asked), placeholderData: keepPreviousData });
  return (
    <Page>
      <PageHead
        title={t("Routing check")}
        about={t("Where would a study go with this in its header? Nothing is sent or changed.")}
      />
      <Columns
        main={
          <>
            <Panel title={t("Routing string")}>
              <TextInput
                aria-label={t("Routing string")}
                placeholder={t("fw://group/project/subject/session")}
                description={t("Type it, or paste the value of the header field as it is.")}
                size="md"
                data-autofocus
                spellCheck={false}
                autoComplete="off"
                styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
              {found.data ? <RoutingParts preview={found.data} /> : null}
              {found.error && !found.data ? (
                <Failure error={found.error} what={t("preview")} onRetry={() => void found.refetch()} />
              ) : null}
            </Panel>
            {found.data ? (
              <RoutingTarget
                preview={found.data}
                onUse={({ group, project }) => setTyped(rewritten(found.data.routing, group, project))}
              />
            ) : null}
          </>
        }
        side={
          <Panel title={t("Read as")}>
            <Stack gap="sm">
              {scanners.data && scanners.data.length > 0 ? (
                <Select
                  label={t("Scanner")}
                  description={t("With the options its connector reports")}
                  placeholder={t("Default options")}
                  clearable
                  data={scanners.data}
                  value={scanner}
                  onChange={setScanner}
                />
              ) : null}
              {scanner ? null : (
                <>
                  <Switch
                    label={t("fw:// is required")}
                    checked={prefix}
                    onChange={(event) => setPrefix(event.currentTarget.checked)}
                  />
                  <Select
                    label={t("A third part is")}
                    allowDeselect={false}
                    data={THIRD}
                    value={third}
                    onChange={(value) => setThird(value ?? "auto")}
                  />
                </>
              )}
              <Text size="sm" c="dimmed">
                {t("Groups and projects that you may not see count as not existing here.")}
              </Text>
              <Examples onPick={setTyped} />
            </Stack>
          </Panel>
        }
      />
    </Page>
  );
}

function rewritten(
  { subject, session }: { subject: string | null; session: string | null },
  group: string,
  project: string,
) {
  const rest = session ? [subject ?? "", session] : subject ? [subject] : [];
  return `fw://${[group, project, ...rest].join("/")}`;
}

const EXAMPLES = ["fw://psych/study01", "fw://psych/study01/sub-001/ses-1", "s9@psych/study01"];

function Examples({ onPick }: { onPick: (text: string) => void }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {t("Ways to write it")}
      </Text>
      <Group gap={6}>
        {EXAMPLES.map((example) => (
          <Button
            key={example}
            size="compact-xs"
            variant="default"
            className="mono"
            onClick={() => onPick(example)}
          >
            {example}
          </Button>
        ))}
      </Group>
    </div>
  );
}
