import { t } from "@/i18n/text";

/** One line of the usage report: a project, a group or a month. */
export interface Usage {
  project_id?: string;
  project_label?: string;
  group_id?: string;
  group_label?: string;
  year?: number;
  month?: number;
  files_total_managed_count_end: number;
  files_total_managed_count_delta: number;
  managed_data_bytes_end: number;
  managed_data_bytes_delta: number;
  session_count_end: number;
  session_count_delta: number;
}

export const BY = [
  { value: "project", label: t("By project") },
  { value: "group", label: t("By group") },
] as const;

/** What all lines together have. */
export const totals = (rows: Usage[]) =>
  rows.reduce(
    (sum, row) => ({
      sessions: sum.sessions + row.session_count_end,
      files: sum.files + row.files_total_managed_count_end,
      bytes: sum.bytes + row.managed_data_bytes_end,
    }),
    { sessions: 0, files: 0, bytes: 0 },
  );

/** `2026-03`, the way months are written in the chart. */
export const monthName = ({ year = 0, month = 0 }: Usage) => `${year}-${String(month).padStart(2, "0")}`;

/** The first day of the month that lies this many months before a day. */
export function monthsBefore(day: Date, months: number): string {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months, 1));
  return first.toISOString().slice(0, 10);
}

/** A change with its sign; nothing when there is none. */
export const signed = (value: number, shown: string) =>
  value > 0 ? `+${shown}` : value < 0 ? `−${shown}` : "";
