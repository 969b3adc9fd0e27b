import { Link } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { reasonWords } from "@/ui/routingWords";
import { percent } from "./figures";
import classes from "./ReasonsPanel.module.css";

/** Which share of the files could not be routed, by reason. */
export function ReasonsPanel({ shares }: { shares: Record<string, number> }) {
  const rows = Object.entries(shares).sort((one, other) => other[1] - one[1]);
  const all = rows.reduce((sum, [, share]) => sum + share, 0);
  return (
    <Panel title={t("Mis-routed, 7 days")} aside={<Link to="/misrouted">{t("Sort them")}</Link>}>
      {rows.length === 0 ? (
        <span className="dim">{t("Everything went where it should.")}</span>
      ) : (
        <dl className={classes.rows}>
          {[["all", all] as const, ...rows].map(([reason, share]) => (
            <div key={reason} className={classes.row}>
              <dt>{reason === "all" ? t("All files") : reasonWords(reason)}</dt>
              <dd>
                <span className={classes.track} aria-hidden="true">
                  <span style={{ width: `${Math.min(100, share * 100)}%` }} />
                </span>
                {percent(share)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
