import type { Job } from "@/api/jobs";
import { levelWord } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { JobMark } from "@/parts/jobs/JobMark";
import { dateTime } from "@/ui/format";
import type { DataColumn } from "@/ui/table/model";

const LEVELS = ["project", "subject", "session", "acquisition"] as const;

const place = (job: Job) =>
  LEVELS.flatMap((level) => job.parent_info?.[level]?.label ?? []).join(" / ") ||
  levelWord(job.destination.type);

/** Of the jobs of one batch. */
export const COLUMNS: DataColumn<Job>[] = [
  { id: "place", title: t("For"), width: 420, cell: place, text: place },
  { id: "state", title: t("State"), width: 130, cell: (job) => <JobMark state={job.state} /> },
  { id: "attempt", title: t("Attempt"), width: 90, number: true, cell: (job) => job.attempt },
  { id: "began", title: t("Began"), width: 150, cell: (job) => dateTime(job.transitions.running) },
  {
    id: "reason",
    title: t("Why it failed"),
    width: 320,
    cell: (job) => job.failure_reason,
    text: (job) => job.failure_reason ?? "",
  },
];
