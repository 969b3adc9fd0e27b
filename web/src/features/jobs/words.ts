/** What is said of a run. */
import { hasEnded, type Job, type JobDetail } from "@/api/jobs";
import { t, tIn } from "@/i18n/text";

type Either = Job | JobDetail;

export const gearWords = (job: Either) => `${job.gear_info.name} ${job.gear_info.version}`;

export const PRIORITY_WORDS: Record<Job["priority"], string> = {
  low: t("low"),
  medium: t("medium"),
  high: t("high"),
  critical: t("critical"),
};

const FIGURES: Record<string, string> = {
  total_input_files: t("total input files"),
  total_input_size_bytes: t("total input size bytes"),
  total_output_files: t("total output files"),
  total_output_size_bytes: t("total output size bytes"),
  preparation_time_ms: t("preparation time ms"),
  elapsed_time_ms: t("elapsed time ms"),
  upload_time_ms: t("upload time ms"),
  total_time_ms: t("total time ms"),
};

/** What an engine counted; engines may tell more than is known here. */
export const profileWord = (name: string) => FIGURES[name] ?? name.replaceAll("_", " ");

const KINDS: Record<string, string> = {
  gear_rule: tIn("origin", "a gear rule"),
  job: tIn("origin", "another job"),
  device: tIn("origin", "a device"),
  system: tIn("origin", "the site"),
};

/** Who asked for it. */
export const originWords = (job: Either) =>
  job.origin.type === "user" ? (job.origin.id ?? "") : (KINDS[job.origin.type] ?? job.origin.type);

/** The container that a run was started for: an analysis is the output of one. */
export const placeOf = ({ destination, parents }: Either): string | undefined =>
  destination.type === "analysis"
    ? (parents.acquisition ?? parents.session ?? parents.subject ?? parents.project)
    : destination.id;

/** A span of seconds: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** How long it ran, or runs. */
export function lasted(job: Either, now: number = Date.now()): string {
  const { running, complete, failed, cancelled } = job.transitions;
  if (!running) return "";
  const end = complete ?? failed ?? cancelled;
  if (hasEnded(job.state) && !end) return "";
  return span(((end ? new Date(end).getTime() : now) - new Date(running).getTime()) / 1000);
}
