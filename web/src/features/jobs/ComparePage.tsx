import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { JobMark } from "@/parts/jobs/JobMark";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import {
  type Comparison,
  comparisonQuery,
  differing,
  type Section,
  sectionWord,
  shownValue,
  VERDICTS,
} from "./compare";

/** Two ended runs side by side: what was asked, where it ran, and what came of it. */
export function ComparePage() {
  const { a = "", b = "" } = useSearch({ from: "/inside/framed/jobs/compare" });
  const found = useQuery({ ...comparisonQuery(a, b), enabled: Boolean(a && b) });
  useCrumbs([{ label: t("Jobs"), href: "/jobs" }, { label: t("Compare") }]);
  return (
    <Page>
      <PageHead title={t("Two runs compared")} about=" " />
      {a && b ? null : (
        <Message title={t("Which two?")}>
          {t("Open a job that repeats another, and choose “Compare with the run before”.")}
        </Message>
      )}
      {found.error && !found.data ? (
        <Failure error={found.error} what={t("comparison")} onRetry={() => void found.refetch()} />
      ) : null}
      {a && b && found.isPending ? <Loading /> : null}
      {found.data ? <Sides found={found.data} /> : null}
    </Page>
  );
}

function Sides({ found }: { found: Comparison }) {
  const [words, color] = VERDICTS[found.verdict];
  const sections = Object.entries(found.sections);
  const alike = sections.filter(([, section]) => section.same).map(([name]) => name);
  return (
    <>
      <Alert color={color} variant="light" p="xs">
        {words}
      </Alert>
      <Panel title={t("Runs")} flush>
        <SimpleTable
          label={t("Runs")}
          rows={[found.a, found.b]}
          rowKey={({ id }) => id}
          columns={[
            {
              head: t("Run"),
              cell: ({ id }) => (
                <Link to="/jobs/$j" params={{ j: id }}>
                  {id === found.a.id ? t("First") : t("Second")}
                </Link>
              ),
            },
            { head: t("Gear"), cell: ({ gear_info }) => `${gear_info.name} ${gear_info.version}` },
            { head: t("Label"), cell: ({ label }) => label },
            { head: t("State"), cell: ({ state }) => <JobMark state={state} /> },
          ]}
        />
      </Panel>
      {sections.map(([name, section]) =>
        section.same ? null : <Differences key={name} name={name} section={section} />,
      )}
      <Text c="dimmed" size="sm">
        {alike.length > 0
          ? t("The same in both: {parts}.", { parts: alike.map(sectionWord).join(", ") })
          : t("Nothing is the same in both.")}
      </Text>
    </>
  );
}

function Differences({ name, section }: { name: string; section: Section }) {
  const words = sectionWord(name);
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return (
    <Panel title={title} flush>
      <SimpleTable
        label={title}
        rows={differing(section)}
        rowKey={([item]) => item}
        columns={[
          { head: t("What"), cell: ([item]) => item },
          { head: t("First"), cell: ([, { a }]) => <span className="mono">{shownValue(a)}</span> },
          { head: t("Second"), cell: ([, { b }]) => <span className="mono">{shownValue(b)}</span> },
        ]}
      />
    </Panel>
  );
}
