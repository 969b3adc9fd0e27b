import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { plural, t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { bytes } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import classes from "./MonthsChart.module.css";
import { monthName, monthsBefore, type Usage } from "./usage";

const BACK = 11;

const share = (part: number): Record<string, string> => ({ "--share": `${100 * part}%` });

/** Storage at the end of each of the last twelve months. */
export function MonthsChart() {
  const start_date = monthsBefore(new Date(), BACK);
  const found = useQuery({
    queryKey: ["usage", "months", start_date],
    queryFn: () => api.get<{ results: Usage[] }>("/report/usage-summary", { group_by: "month", start_date }),
  });
  const months = found.data?.results ?? [];
  const most = Math.max(1, ...months.map((month) => month.managed_data_bytes_end));
  return (
    <Panel title={t("Storage, last twelve months")}>
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error && !found.data ? (
        <Failure error={found.error} what={t("usage report")} onRetry={() => void found.refetch()} />
      ) : null}
      <ol className={classes.chart} aria-label={t("Storage by month")}>
        {months.map((month) => (
          <li
            key={monthName(month)}
            className={classes.month}
            title={`${monthName(month)}: ${bytes(month.managed_data_bytes_end)}, ${plural(month.session_count_end, "{count} session", "{count} sessions")}`}
          >
            <span className={classes.value}>
              {month.managed_data_bytes_end > 0 ? bytes(month.managed_data_bytes_end) : "–"}
            </span>
            <span className={classes.track}>
              <span className={classes.bar} style={share(month.managed_data_bytes_end / most)} />
            </span>
            <span className={classes.name}>{monthName(month)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
