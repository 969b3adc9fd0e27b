import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { JobMark } from "@/parts/jobs/JobMark";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { type Comparison, comparisonQuery, differing, type Section, shownValue, VERDICTS } from "./compare";

/** Two ended runs side by side: what was asked, where it ran, and what came of it. */
export function ComparePage() {
  const { a = "", b = "" } = useSearch({ from: "/inside/framed/jobs/compare" });
  const found = useQuery({ ...comparisonQuery(a, b), enabled: Boolean(a && b) });
  useCrumbs([{ label: "Jobs", href: "/jobs" }, { label: "Compare" }]);
  return (
    <Page>
      <PageHead title="Two runs compared" about=" " />
      {a && b ? null : (
        <Message title="Which two?">
          Open a job that repeats another, and choose “Compare with the run before”.
        </Message>
      )}
      {found.error && !found.data ? (
        <Failure error={found.error} what="comparison" onRetry={() => void found.refetch()} />
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
      <Panel title="Runs" flush>
        <SimpleTable
          label="Runs"
          rows={[found.a, found.b]}
          rowKey={({ id }) => id}
          columns={[
            {
              head: "Run",
              cell: ({ id }) => (
                <Link to="/jobs/$j" params={{ j: id }}>
                  {id === found.a.id ? "First" : "Second"}
                </Link>
              ),
            },
            { head: "Gear", cell: ({ gear_info }) => `${gear_info.name} ${gear_info.version}` },
            { head: "Label", cell: ({ label }) => label },
            { head: "State", cell: ({ state }) => <JobMark state={state} /> },
          ]}
        />
      </Panel>
      {sections.map(([name, section]) =>
        section.same ? null : <Differences key={name} name={name} section={section} />,
      )}
      <Text c="dimmed" size="sm">
        {alike.length > 0 ? `The same in both: ${alike.join(", ")}.` : "Nothing is the same in both."}
      </Text>
    </>
  );
}

function Differences({ name, section }: { name: string; section: Section }) {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  return (
    <Panel title={title} flush>
      <SimpleTable
        label={title}
        rows={differing(section)}
        rowKey={([item]) => item}
        columns={[
          { head: "What", cell: ([item]) => item },
          { head: "First", cell: ([, { a }]) => <span className="mono">{shownValue(a)}</span> },
          { head: "Second", cell: ([, { b }]) => <span className="mono">{shownValue(b)}</span> },
        ]}
      />
    </Panel>
  );
}
