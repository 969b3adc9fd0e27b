/** The log of a run as it grows. */

/** Written to the standard output (1), to the standard error (2), or said by the engine (-1). */
export interface LogRecord {
  fd: -1 | 1 | 2;
  msg: string;
}

export interface ShownLog {
  records: (LogRecord & { key: number })[];
  /** Earlier text was left out: the page shows the end of a long log. */
  cut: boolean;
  next: number;
}

export const EMPTY_LOG: ShownLog = { records: [], cut: false, next: 0 };
const MOST_CHARACTERS = 400_000;

/** The log with more at its end, at most as long as a page shows well. */
export function grown(log: ShownLog, more: LogRecord[]): ShownLog {
  const records = [...log.records, ...more.map((one, at) => ({ ...one, key: log.next + at }))];
  let [first, room] = [records.length, MOST_CHARACTERS];
  while (first > 0) {
    room -= records[first - 1]?.msg.length ?? 0;
    if (room < 0) break;
    first -= 1;
  }
  // One record alone may be longer than all there is room for.
  const shown = first === records.length ? records.slice(-1) : records.slice(first);
  return { records: shown, cut: log.cut || first > 0, next: log.next + more.length };
}
