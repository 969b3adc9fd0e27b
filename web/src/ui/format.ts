import { locale } from "@/i18n/language";
import { plural, t } from "@/i18n/text";

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const POINT = (0.5).toLocaleString(locale).charAt(1);

/** A number as it is, or with so many digits behind the point: in German a comma. */
export const decimal = (value: number, digits?: number) =>
  (digits === undefined ? String(value) : value.toFixed(digits)).replace(".", POINT);

/** Bytes in the largest fitting decimal unit: `1.5 MB`. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${decimal(value, unit === 0 || value >= 99.95 ? 0 : 1)} ${UNITS[unit]}`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** Local date and time, always as wide: `2020-01-31 09:05`. */
export function dateTime(text: string | null | undefined): string {
  if (!text) return "";
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return "";
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** How long ago in words; after a week the date. */
export function ago(text: string, now: number = Date.now()): string {
  const seconds = Math.round((now - new Date(text).getTime()) / 1000);
  if (seconds < 45) return t("just now");
  if (seconds < 3600) return t("{minutes} min ago", { minutes: Math.max(1, Math.round(seconds / 60)) });
  if (seconds < 86_400) return t("{hours} h ago", { hours: Math.round(seconds / 3600) });
  if (seconds < 7 * 86_400) return plural(Math.round(seconds / 86_400), "{count} d ago", "{count} d ago");
  return dateTime(text).slice(0, 10);
}

const YEAR = 365.25 * 86_400;

/** An age given in seconds: years, below two years months, below two months days. */
export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  if (seconds >= 2 * YEAR) return t("{years} y", { years: Math.floor(seconds / YEAR + 1e-6) });
  const months = Math.floor(seconds / (YEAR / 12) + 1e-6);
  return months >= 2 ? t("{months} mo", { months }) : t("{days} d", { days: Math.round(seconds / 86_400) });
}

/** The start and the end of a long text; they are what differs in practice. */
export function middleCut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
