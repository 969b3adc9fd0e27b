import { useQuery } from "@tanstack/react-query";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import { incidentsQuery } from "./devices";

const KINDS = { silent: "silent", errors: "reported errors", held: "held data back" } as const;

/** What was wrong with a device lately, and who was told. */
export function IncidentsPanel({ id }: { id: string }) {
  const { data: incidents = [] } = useQuery(incidentsQuery(id));
  if (incidents.length === 0) return null;
  return (
    <Panel title="Incidents" flush>
      <SimpleTable
        label="Incidents"
        rows={incidents}
        rowKey={(one) => one._id}
        columns={[
          {
            head: "What",
            cell: (one) => (
              <StateMark
                state={one.closed ? "off" : "bad"}
                words={KINDS[one.kind]}
                title={one.closed ? "over" : "not over yet"}
              />
            ),
          },
          { head: "From", cell: (one) => dateTime(one.opened) },
          { head: "Until", cell: (one) => (one.closed ? dateTime(one.closed) : "now") },
          { head: "Told by", cell: (one) => one.told.join(", ") || "nobody" },
          { head: "Details", cell: (one) => <span title={one.detail}>{one.detail.split("\n")[0]}</span> },
        ]}
      />
    </Panel>
  );
}
