import { figure, t } from "@/i18n/text";
import classes from "./HourBars.module.css";

const HEIGHT = 100;
const HOUR_MS = 3_600_000;

interface HourBarsProps {
  words: string;
  start: string;
  values: number[];
  /** What went wrong in the same hours, drawn on top. */
  bad?: number[];
  badWords?: (count: number) => string;
  small?: boolean;
}

const hour = (at: number) => `${String(new Date(at).getHours()).padStart(2, "0")}:00`;

/** Height of a bar; what is there can be seen. */
const high = (value: number, most: number) => (value > 0 ? Math.max(2, (value / most) * HEIGHT) : 0);

/** Numbers of the last hours as bars; each bar says its hour and numbers. */
export function HourBars({
  words,
  start,
  values,
  bad = [],
  badWords = figure,
  small = false,
}: HourBarsProps) {
  const first = new Date(start).getTime();
  const most = Math.max(1, ...values.map((value, at) => value + (bad[at] ?? 0)));
  const total = values.reduce((sum, value) => sum + value, 0);
  const label = t("{words}: {total} in {hours} hours", { words, total: figure(total), hours: values.length });
  const bars = values.map((value, at) => {
    const wrong = bad[at] ?? 0;
    const when = first + at * HOUR_MS;
    const says = `${hour(when)}  ${figure(value)}${wrong ? `, ${badWords(wrong)}` : ""}`;
    return { when, says, x: at * 10, good: high(value, most), wrong: high(wrong, most) };
  });
  return (
    <div className={classes.chart} data-small={small || undefined}>
      <svg
        viewBox={`0 0 ${values.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map(({ when, says, x, good, wrong }) => (
          <g key={when}>
            <title>{says}</title>
            <rect className={classes.ground} x={x} y={0} width={10} height={HEIGHT} />
            <rect className={classes.good} x={x + 1.5} y={HEIGHT - good} width={7} height={good} />
            <rect className={classes.bad} x={x + 1.5} y={HEIGHT - good - wrong} width={7} height={wrong} />
          </g>
        ))}
      </svg>
      {small ? null : (
        <div className={classes.axis} aria-hidden="true">
          <span>{hour(first)}</span>
          <span>{hour(first + Math.floor(values.length / 2) * HOUR_MS)}</span>
          <span>{t("now")}</span>
        </div>
      )}
    </div>
  );
}
