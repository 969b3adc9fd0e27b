const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes in the largest fitting decimal unit: `1.5 MB`. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
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
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  if (seconds < 7 * 86_400) return `${Math.round(seconds / 86_400)} d ago`;
  return dateTime(text).slice(0, 10);
}

const YEAR = 365.25 * 86_400;

/** An age given in seconds: years, below two years months, below two months days. */
export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  if (seconds >= 2 * YEAR) return `${Math.floor(seconds / YEAR + 1e-6)} y`;
  const months = Math.floor(seconds / (YEAR / 12) + 1e-6);
  return months >= 2 ? `${months} mo` : `${Math.round(seconds / 86_400)} d`;
}

const SEPARATED = new Intl.NumberFormat("en-US").format;

/** `1,234 sessions`, `1 session`. */
export function count(number: number, word: string, plural = `${word}s`): string {
  return `${SEPARATED(number)} ${number === 1 ? word : plural}`;
}

/** The start and the end of a long text; they are what differs in practice. */
export function middleCut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
