import type { Job } from "@/api/jobs";
import { levelWord } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { JobMark } from "@/parts/jobs/JobMark";
import { STATE_WORDS } from "@/parts/jobs/states";
import { ago, dateTime } from "@/ui/format";
import type { DataColumn } from "@/ui/table/model";
import { gearWords, lasted, originWords, PRIORITY_WORDS } from "./words";

const LEVELS = ["project", "subject", "session", "acquisition"] as const;

const place = (job: Job) =>
  LEVELS.flatMap((level) => job.parent_info?.[level]?.label ?? []).join(" / ") ||
  levelWord(job.destination.type);

export const COLUMNS: DataColumn<Job>[] = [
  {
    id: "gear",
    title: t("Gear"),
    width: 240,
    sort: "gear_info.name",
    cell: (job) => <b style={{ fontWeight: 550 }}>{gearWords(job)}</b>,
    text: gearWords,
  },
  {
    id: "state",
    title: t("State"),
    width: 110,
    sort: "state",
    cell: (job) => <JobMark state={job.state} />,
    text: (job) => job.failure_reason ?? (job.state === "pending" ? t("pending") : STATE_WORDS[job.state]),
  },
  { id: "place", title: t("For"), width: 320, cell: place, text: place },
  { id: "origin", title: t("Started by"), width: 190, cell: originWords, text: originWords },
  {
    id: "created",
    title: t("Asked for"),
    width: 120,
    sort: "created",
    cell: (job) => ago(job.created),
    text: (job) => dateTime(job.created),
  },
  { id: "ran", title: t("Ran"), width: 90, number: true, cell: lasted },
  {
    id: "outputs",
    title: t("Outputs"),
    width: 80,
    number: true,
    cell: (job) => job.outputs.length || "",
  },
  {
    id: "priority",
    title: t("Priority"),
    width: 90,
    sort: "priority",
    cell: (job) => PRIORITY_WORDS[job.priority],
  },
  {
    id: "attempt",
    title: t("Attempt"),
    width: 80,
    number: true,
    sort: "attempt",
    hidden: true,
    cell: (job) => job.attempt,
  },
  {
    id: "label",
    title: t("Label"),
    width: 180,
    sort: "label",
    hidden: true,
    cell: (job) => job.label,
    text: (job) => job.label ?? "",
  },
  {
    id: "reason",
    title: t("Why it failed"),
    width: 260,
    cell: (job) => job.failure_reason,
    text: (job) => job.failure_reason ?? "",
  },
];
