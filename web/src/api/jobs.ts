/** Runs of gears: their documents and how they are asked for. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Gear } from "@/api/gears";
import { LIVE } from "@/api/queries";
import type { Json, Level } from "@/api/types";

export const STATES = ["pending", "running", "complete", "failed", "cancelled"] as const;
export const PRIORITIES = ["low", "medium", "high", "critical"] as const;
export type JobState = (typeof STATES)[number];

interface Labelled {
  _id: string;
  label: string | null;
}

interface OutputFile {
  _id: string;
  file_id: string;
  version: number;
  name: string;
  type: string | null;
  size: number;
}

interface JobBase {
  _id: string;
  state: JobState;
  gear_id: string;
  gear_info: { name: string; version: string; label?: string; category?: Gear["category"] };
  priority: (typeof PRIORITIES)[number];
  attempt: number;
  tags: string[];
  label: string | null;
  origin: { type: string; id: string | null };
  destination: { type: Level; id: string };
  parents: Partial<Record<Level, string>>;
  /** Where its destination lies; lists have it when asked for. */
  parent_info: Partial<Record<Level, Labelled>> | null;
  config: { config?: Record<string, Json> };
  created: string;
  modified: string;
  retried: string | null;
  previous_job_id: string | null;
  failure_reason: string | null;
  failed_output_accepted: boolean;
  rule_id: string | null;
  compute_provider_id: string | null;
  profile: Record<string, Json> | null;
  transitions: Partial<Record<JobState, string>>;
}

export interface Job extends JobBase {
  outputs: OutputFile[];
}

interface Kept {
  ref: { name: string; file_id: string; version: number; type?: string; size?: number };
  /** The file's document; none when it is gone, or not to be seen. */
  object: { file_id: string; name: string; size: number } | null;
}

export interface JobDetail extends JobBase {
  inputs: Record<string, Kept>;
  outputs: Kept[];
}

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: [LIVE, "jobs", id],
    queryFn: () => api.get<JobDetail>(`/jobs/${encodeURIComponent(id)}/detail`),
  });

export const hasEnded = (state: JobState) => state !== "pending" && state !== "running";
