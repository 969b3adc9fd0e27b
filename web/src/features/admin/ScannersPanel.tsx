import { figure, t } from "@/i18n/text";
import { bytes } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { type Figures, percent } from "./figures";
import { HourBars } from "./HourBars";

/** The scanners behind a connector, each with its last day. */
export function ScannersPanel({ figures }: { figures: Record<string, Figures> }) {
  const rows = Object.entries(figures).map(([id, one]) => ({ id, ...one }));
  return (
    <Panel title={t("Scanners, last 24 hours")} flush>
      <SimpleTable
        label={t("Scanners")}
        rows={rows}
        rowKey={(row) => row.id}
        columns={[
          { head: t("Scanner"), cell: (row) => row.id },
          {
            head: t("Images by the hour"),
            cell: (row) => (
              <HourBars small words={t("Images")} start={row.hours.start} values={row.hours.instances} />
            ),
          },
          { head: t("Images"), number: true, cell: (row) => figure(row["24h"].instances) },
          { head: t("Size"), number: true, cell: (row) => bytes(row["24h"].bytes) },
          { head: t("Series"), number: true, cell: (row) => figure(row["24h"].series.uploaded) },
          { head: t("Skipped"), number: true, cell: (row) => figure(row["24h"].series.skipped || null) },
          { head: t("Held"), number: true, cell: (row) => figure(row["24h"].series.held || null) },
          { head: t("Given up"), number: true, cell: (row) => figure(row["24h"].series.abandoned || null) },
          { head: t("Refused"), number: true, cell: (row) => figure(row["24h"].rejected || null) },
          { head: t("Uploaded"), number: true, cell: (row) => percent(row["24h"].success_final) },
        ]}
      />
    </Panel>
  );
}
