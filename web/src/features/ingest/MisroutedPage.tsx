import { Button } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { misroutedQuery } from "@/api/queries";
import type { Misrouted } from "@/api/types";
import { ago, count, dateTime } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { StateMark } from "@/ui/StateMark";
import { MoveDialog } from "./MoveDialog";
import { reasonWords, requestedText } from "./words";

/** Studies that came in without a readable destination, and where to put them. */
export function MisroutedPage() {
  const found = useQuery(misroutedQuery);
  const [moving, setMoving] = useState<Misrouted | null>(null);
  useCrumbs([{ label: "Mis-routed" }]);
  const rows = found.data ?? [];
  return (
    <Page>
      <PageHead
        title="Mis-routed"
        about={found.data ? `${count(rows.length, "session")} waiting for a destination` : " "}
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
          { head: "Subject", cell: (row) => row.subject?.label },
          { head: "Scanned", cell: (row) => dateTime(row.session.timestamp) },
          {
            head: "Asked for",
            cell: (row) => <span className="mono">{requestedText(row.requested)}</span>,
          },
          {
            head: "Why",
            cell: (row) => (
              <StateMark state="warn" words={reasonWords(row.reason)} title={row.flags.join(", ")} />
            ),
          },
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
              <Button size="compact-sm" variant="default" onClick={() => setMoving(row)}>
                Move
              </Button>
            ),
          },
        ]}
      />
      {moving ? <MoveDialog row={moving} onClose={() => setMoving(null)} /> : null}
    </Page>
  );
}
