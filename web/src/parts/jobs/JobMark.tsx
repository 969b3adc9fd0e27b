import type { JobState } from "@/api/jobs";
import { StateMark } from "@/ui/StateMark";

const MARKS = {
  pending: ["off", "waiting"],
  running: ["run", "running"],
  complete: ["ok", "complete"],
  failed: ["bad", "failed"],
  cancelled: ["warn", "cancelled"],
} as const;

/** How a run stands. */
export function JobMark({ state, title }: { state: JobState; title?: string }) {
  const [mark, words] = MARKS[state];
  return <StateMark state={mark} words={words} {...(title ? { title } : {})} />;
}
