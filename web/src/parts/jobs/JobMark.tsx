import type { JobState } from "@/api/jobs";
import { StateMark } from "@/ui/StateMark";
import { STATE_WORDS } from "./states";

const MARKS = {
  pending: "off",
  running: "run",
  complete: "ok",
  failed: "bad",
  cancelled: "warn",
} as const;

/** How a run stands. */
export function JobMark({ state, title }: { state: JobState; title?: string }) {
  return <StateMark state={MARKS[state]} words={STATE_WORDS[state]} {...(title ? { title } : {})} />;
}
