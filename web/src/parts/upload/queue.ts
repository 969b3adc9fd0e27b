import { useSyncExternalStore } from "react";
import { type Chosen, fileNames, withoutSystemFiles } from "./names";

export interface Target {
  id: string;
  label: string;
}
export type UploadState = "waiting" | "running" | "done" | "failed";

export interface UploadRow {
  key: number;
  target: Target;
  name: string;
  size: number;
  sent: number;
  state: UploadState;
  error: string | null;
}

interface Job {
  file: File;
  upload: { abort: (forget: boolean) => void } | null;
}

const AT_ONCE = 3;

let rows: UploadRow[] = [];
let last = 0;
const jobs = new Map<number, Job>();
const listeners = new Set<() => void>();

function show(next: UploadRow[]): void {
  rows = next;
  for (const tell of listeners) tell();
}

function change(key: number, what: Partial<UploadRow>): void {
  show(rows.map((row) => (row.key === key ? { ...row, ...what } : row)));
}

/** Send these to a container; goes on while the user walks through the pages. */
export function sendFiles(target: Target, chosen: Chosen[]): number {
  const wanted = withoutSystemFiles(chosen);
  const names = fileNames(wanted.map(({ path }) => path));
  const added = wanted.map(({ file }, at): UploadRow => {
    const key = ++last;
    jobs.set(key, { file, upload: null });
    const name = names[at] ?? file.name;
    return { key, target, name, size: file.size, sent: 0, state: "waiting", error: null };
  });
  show([...rows, ...added]);
  fill();
  return added.length;
}

export function retryUpload(key: number): void {
  change(key, { state: "waiting", error: null });
  fill();
}

/** Stop one and forget what the server has of it, or take a finished one off the list. */
export function dropUpload(key: number): void {
  jobs.get(key)?.upload?.abort(true);
  jobs.delete(key);
  show(rows.filter((row) => row.key !== key));
  fill();
}

/** Take what has ended off the list. */
export function clearEnded(): void {
  const ended = rows.filter((row) => row.state === "done" || row.state === "failed");
  for (const row of ended) jobs.delete(row.key);
  show(rows.filter((row) => !ended.includes(row)));
}

function fill(): void {
  const running = rows.filter((row) => row.state === "running").length;
  for (const row of rows.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - running)))
    void start(row);
}

async function start(row: UploadRow): Promise<void> {
  const job = jobs.get(row.key);
  if (!job) return;
  change(row.key, { state: "running" });
  const { sendResumable } = await import("./send");
  const ended = (what: Partial<UploadRow>) => {
    job.upload = null;
    change(row.key, what);
    fill();
  };
  job.upload = await sendResumable(row.target.id, row.name, job.file, {
    onSent: (sent) => change(row.key, { sent }),
    onDone: () => ended({ state: "done", sent: row.size }),
    onFailed: (error) => ended({ state: "failed", error }),
  });
}

/** What is being sent, the newest last. */
export function useUploads(): UploadRow[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => rows,
  );
}
