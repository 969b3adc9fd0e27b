import { useQuery } from "@tanstack/react-query";
import { t } from "@/i18n/text";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import { incidentsQuery } from "./devices";

const KINDS = {
  silent: t("silent"),
  errors: t("reported errors"),
  held: t("held data back"),
} as const;
const CHANNELS: Record<string, string> = { email: t("email"), webhook: t("webhook") };

const toldBy = (channels: string[]) => channels.map((one) => CHANNELS[one] ?? one).join(", ") || t("nobody");

/** What was wrong with a device lately, and who was told. */
export function IncidentsPanel({ id }: { id: string }) {
  const { data: incidents = [] } = useQuery(incidentsQuery(id));
  if (incidents.length === 0) return null;
  return (
    <Panel title={t("Incidents")} flush>
      <SimpleTable
        label={t("Incidents")}
        rows={incidents}
        rowKey={(one) => one._id}
        columns={[
          {
            head: t("What"),
            cell: (one) => (
              <StateMark
                state={one.closed ? "off" : "bad"}
                words={KINDS[one.kind]}
                title={one.closed ? t("over") : t("not over yet")}
              />
            ),
          },
          { head: t("From"), cell: (one) => dateTime(one.opened) },
          { head: t("Until"), cell: (one) => (one.closed ? dateTime(one.closed) : t("now")) },
          { head: t("Told by"), cell: (one) => toldBy(one.told) },
          { head: t("Details"), cell: (one) => <span title={one.detail}>{one.detail.split("\n")[0]}</span> },
        ]}
      />
    </Panel>
  );
}
