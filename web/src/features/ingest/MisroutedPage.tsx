import { Button, Group } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { misroutedQuery } from "@/api/queries";
import type { Misrouted } from "@/api/types";
import { ago, count, dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { ListPanel } from "@/ui/ListPanel";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { flagWords, partsText, reasonWords } from "@/ui/routingWords";
import { StateMark } from "@/ui/StateMark";
import { AliasesPanel } from "./AliasesPanel";
import { MoveDialog } from "./MoveDialog";

const MOST = 500; // rows of one answer

interface Moving {
  row: Misrouted;
  to?: Suggestion;
}

/** Studies that came in without a readable destination, and where to put them. */
export function MisroutedPage() {
  const found = useQuery(misroutedQuery);
  const [moving, setMoving] = useState<Moving | null>(null);
  useCrumbs([{ label: "Mis-routed" }]);
  const rows = found.data ?? [];
  return (
    <Page>
      <PageHead
        title="Mis-routed"
        about={
          found.data
            ? `${rows.length === MOST ? "The oldest " : ""}${count(rows.length, "session")} waiting for a destination`
            : " "
        }
        actions={
          <LinkButton to="/routing" variant="default">
            Routing check
          </LinkButton>
        }
      />
      <ListPanel
        title="Mis-routed sessions"
        untitled
        what="mis-routed list"
        found={found}
        rows={found.data}
        rowKey={(row) => row.session._id}
        empty={
          <Message title="Nothing is mis-routed" icon={<IconCircleCheck size={28} stroke={1.5} />}>
            Studies whose routing string cannot be followed wait here until somebody moves them.
          </Message>
        }
        columns={[
          {
            head: "Session",
            cell: (row) => (
              <Link to="/sessions/$s" params={{ s: row.session._id }}>
                {row.session.label || "untitled"}
              </Link>
            ),
          },
          {
            head: "Why",
            cell: (row) => (
              <StateMark
                state="warn"
                words={reasonWords(row.reason)}
                title={row.flags.map(flagWords).join("\n")}
              />
            ),
          },
          {
            head: "Asked for",
            cell: (row) => <span className="mono">{partsText(row.requested)}</span>,
          },
          {
            head: "Perhaps meant",
            cell: (row) => (
              <Group gap={4} wrap="nowrap">
                {row.suggestions.filter(isProject).map((to) => (
                  <Button
                    key={to._id}
                    size="compact-xs"
                    variant="light"
                    className="mono"
                    onClick={() => setMoving({ row, to })}
                  >
                    {to.group}/{to.project}
                  </Button>
                ))}
              </Group>
            ),
          },
          { head: "Subject", cell: (row) => row.subject?.label },
          { head: "Scanned", cell: (row) => dateTime(row.session.timestamp) },
          { head: "Scanner", cell: (row) => row.device },
          { head: "Waits in", cell: (row) => [row.group, row.project?.label].filter(Boolean).join("/") },
          {
            head: "Received",
            cell: (row) =>
              row.received_at ? <span title={dateTime(row.received_at)}>{ago(row.received_at)}</span> : null,
          },
          {
            head: "Move",
            quiet: true,
            cell: (row) => (
              <Button size="compact-sm" variant="default" onClick={() => setMoving({ row })}>
                Move
              </Button>
            ),
          },
        ]}
      />
      <AliasesPanel />
      {moving ? (
        <MoveDialog
          row={moving.row}
          to={moving.to?._id ?? undefined}
          alike={rows.filter((row) => isAlike(row, moving.row)).length}
          onClose={() => setMoving(null)}
        />
      ) : null}
    </Page>
  );
}

type Suggestion = Misrouted["suggestions"][number];

const isProject = (one: Suggestion) => one._id !== null;

/** Whether another session asked for the same group and project. */
const isAlike = (one: Misrouted, other: Misrouted) =>
  one.session._id !== other.session._id &&
  one.reason !== "ok" &&
  Boolean(one.requested.group) &&
  one.requested.group === other.requested.group &&
  (one.requested.project ?? "").toLowerCase() === (other.requested.project ?? "").toLowerCase();
