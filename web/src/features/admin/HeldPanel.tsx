import { Text } from "@mantine/core";
import { Copyable } from "@/ui/Copyable";
import { ago, dateTime, middleCut } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import type { Held } from "./figures";

/** Series the server would not take: why, since when, and what to type to try again. */
export function HeldPanel({ held, total }: { held: Held[]; total: number }) {
  if (held.length === 0) return null;
  return (
    <Panel
      title="Held series"
      aside={
        <Text size="sm" c="dimmed">
          {total > held.length ? `the latest ${held.length} of ${total}` : null}
        </Text>
      }
      flush
    >
      <SimpleTable
        label="Held series"
        rows={held}
        rowKey={(one) => one.id}
        columns={[
          { head: "Scanner", cell: (one) => one.device },
          {
            head: "Series",
            cell: (one) => (
              <span className="mono" title={one.series}>
                {middleCut(one.series, 24)}
              </span>
            ),
          },
          { head: "Why", cell: (one) => <span title={one.reason ?? ""}>{one.reason}</span> },
          {
            head: "Since",
            cell: (one) =>
              one.since ? <span title={dateTime(one.since)}>{ago(one.since)}</span> : "tried again by itself",
          },
          {
            head: "To try again, at the connector",
            cell: (one) => <Copyable text={one.retry} label={`command for series ${one.series}`} />,
          },
        ]}
      />
    </Panel>
  );
}
