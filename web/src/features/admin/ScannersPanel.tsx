import { bytes } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { type Figures, percent } from "./figures";
import { HourBars } from "./HourBars";

/** The scanners behind a connector, each with its last day. */
export function ScannersPanel({ figures }: { figures: Record<string, Figures> }) {
  const rows = Object.entries(figures).map(([id, one]) => ({ id, ...one }));
  return (
    <Panel title="Scanners, last 24 hours" flush>
      <SimpleTable
        label="Scanners"
        rows={rows}
        rowKey={(row) => row.id}
        columns={[
          { head: "Scanner", cell: (row) => row.id },
          {
            head: "Images by the hour",
            cell: (row) => (
              <HourBars small words="Images" start={row.hours.start} values={row.hours.instances} />
            ),
          },
          { head: "Images", number: true, cell: (row) => row["24h"].instances.toLocaleString("en-US") },
          { head: "Size", number: true, cell: (row) => bytes(row["24h"].bytes) },
          { head: "Series", number: true, cell: (row) => row["24h"].series.uploaded },
          { head: "Skipped", number: true, cell: (row) => row["24h"].series.skipped || "" },
          { head: "Held", number: true, cell: (row) => row["24h"].series.held || "" },
          { head: "Given up", number: true, cell: (row) => row["24h"].series.abandoned || "" },
          { head: "Refused", number: true, cell: (row) => row["24h"].rejected || "" },
          { head: "Uploaded", number: true, cell: (row) => percent(row["24h"].success_final) },
        ]}
      />
    </Panel>
  );
}
