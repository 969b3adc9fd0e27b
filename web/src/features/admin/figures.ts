import { locale } from "@/i18n/language";
import type { DeviceDoc } from "./devices";

export interface Window {
  series: Record<"seen" | "complete" | "skipped" | "uploaded" | "failed" | "held" | "abandoned", number>;
  instances: number;
  bytes: number;
  associations: number;
  rejected: number;
  success_first_try: number | null;
  success_final: number | null;
  misrouted: Record<string, number>;
  seconds_to_visible: { mean: number; half_within?: number; most_within?: number } | null;
}

export interface Hours {
  start: string;
  instances: number[];
  series_uploaded: number[];
  series_failed: number[];
}

export interface Figures {
  "24h": Window;
  "7d": Window;
  hours: Hours;
}

export interface Held {
  id: string;
  device: string;
  reason: string | null;
  since: string | null;
  retry: string;
}

/** What a connector says of itself in its heartbeat; other devices say less. */
export interface ConnectorInfo {
  queue?: number;
  unsent?: number;
  series?: Record<string, number>;
  spool_bytes?: number;
  free_bytes?: number;
  figures?: Record<string, Figures>;
  held?: Held[];
}

export const infoOf = (device: DeviceDoc) => device.info as ConnectorInfo;

type Span = "24h" | "7d";

/** All scanners of a connector together; null when it tells no figures. */
export function totals(info: ConnectorInfo): Figures | null {
  const all = Object.values(info.figures ?? {});
  const [first] = all;
  if (!first) return null;
  return { "24h": windowOf(all, "24h"), "7d": windowOf(all, "7d"), hours: hoursOf(all, first) };
}

function hoursOf(all: Figures[], first: Figures): Hours {
  const line = (key: "instances" | "series_uploaded" | "series_failed") =>
    first.hours[key].map((_, hour) => sum(all, (one) => one.hours[key][hour] ?? 0));
  return {
    start: first.hours.start,
    instances: line("instances"),
    series_uploaded: line("series_uploaded"),
    series_failed: line("series_failed"),
  };
}

function sum<T>(items: T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function windowOf(all: Figures[], span: Span): Window {
  const windows = all.map((one) => one[span]);
  const count = (key: keyof Window["series"]) => sum(windows, (one) => one.series[key]);
  const ended = (one: Window) => one.series.uploaded + one.series.held + one.series.abandoned;
  const share = (key: "success_first_try" | "success_final") => {
    const whole = sum(windows, ended);
    return whole === 0 ? null : sum(windows, (one) => (one[key] ?? 0) * ended(one)) / whole;
  };
  const uploaded = count("uploaded");
  const reasons = [...new Set(windows.flatMap((one) => Object.keys(one.misrouted)))];
  return {
    series: {
      seen: count("seen"),
      complete: count("complete"),
      skipped: count("skipped"),
      uploaded,
      failed: count("failed"),
      held: count("held"),
      abandoned: count("abandoned"),
    },
    instances: sum(windows, (one) => one.instances),
    bytes: sum(windows, (one) => one.bytes),
    associations: sum(windows, (one) => one.associations),
    rejected: sum(windows, (one) => one.rejected),
    success_first_try: share("success_first_try"),
    success_final: share("success_final"),
    misrouted: Object.fromEntries(
      reasons.map((reason) => [
        reason,
        uploaded === 0
          ? 0
          : sum(windows, (one) => (one.misrouted[reason] ?? 0) * one.series.uploaded) / uploaded,
      ]),
    ),
    seconds_to_visible:
      uploaded === 0
        ? null
        : {
            mean: sum(windows, (one) => (one.seconds_to_visible?.mean ?? 0) * one.series.uploaded) / uploaded,
          },
  };
}

const TENTHS = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A share as percent: never 100 % when something is missing. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return "–";
  if (share >= 1) return "100 %";
  if (share > 0 && share < 0.001) return `< ${TENTHS.format(0.1)} %`;
  return `${TENTHS.format(Math.min(99.9, share * 100))} %`;
}

/** Seconds in words: `45 s`, `3 min`, `2 h`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
