import type { Job } from "@/api/jobs";
import { JobMark } from "@/parts/jobs/JobMark";
import { ago, dateTime } from "@/ui/format";
import type { DataColumn } from "@/ui/table/model";
import { gearWords, lasted, originWords } from "./words";

const LEVELS = ["project", "subject", "session", "acquisition"] as const;

const place = (job: Job) =>
  LEVELS.flatMap((level) => job.parent_info?.[level]?.label ?? []).join(" / ") || job.destination.type;

export const COLUMNS: DataColumn<Job>[] = [
  {
    id: "gear",
    title: "Gear",
    width: 240,
    sort: "gear_info.name",
    cell: (job) => <b style={{ fontWeight: 550 }}>{gearWords(job)}</b>,
    text: gearWords,
  },
  {
    id: "state",
    title: "State",
    width: 110,
    sort: "state",
    cell: (job) => <JobMark state={job.state} />,
    text: (job) => job.failure_reason ?? job.state,
  },
  { id: "place", title: "For", width: 320, cell: place, text: place },
  { id: "origin", title: "Started by", width: 190, cell: originWords, text: originWords },
  {
    id: "created",
    title: "Asked for",
    width: 120,
    sort: "created",
    cell: (job) => ago(job.created),
    text: (job) => dateTime(job.created),
  },
  { id: "ran", title: "Ran", width: 90, number: true, cell: lasted },
  {
    id: "outputs",
    title: "Outputs",
    width: 80,
    number: true,
    cell: (job) => job.outputs.length || "",
  },
  { id: "priority", title: "Priority", width: 90, sort: "priority", cell: (job) => job.priority },
  {
    id: "attempt",
    title: "Attempt",
    width: 80,
    number: true,
    sort: "attempt",
    hidden: true,
    cell: (job) => job.attempt,
  },
  {
    id: "label",
    title: "Label",
    width: 180,
    sort: "label",
    hidden: true,
    cell: (job) => job.label,
    text: (job) => job.label ?? "",
  },
  {
    id: "reason",
    title: "Why it failed",
    width: 260,
    cell: (job) => job.failure_reason,
    text: (job) => job.failure_reason ?? "",
  },
];
