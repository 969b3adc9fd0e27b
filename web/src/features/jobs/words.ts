/** What is said of a run. */
import { hasEnded, type Job, type JobDetail } from "@/api/jobs";

type Either = Job | JobDetail;

export const gearWords = (job: Either) => `${job.gear_info.name} ${job.gear_info.version}`;

const KINDS: Record<string, string> = {
  gear_rule: "a gear rule",
  job: "another job",
  device: "a device",
  system: "the site",
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
