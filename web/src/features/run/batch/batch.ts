/** One gear on many containers: what is proposed, and how it goes. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { JobState } from "@/api/jobs";
import { LIVE } from "@/api/queries";
import type { Json, Parents } from "@/api/types";

export interface Target {
  type: string;
  id: string;
}

interface FileRef {
  name: string;
  file_id: string;
  version: number;
}

interface Unit {
  _id: string;
  type: string;
  label: string;
  parents: Parents;
}

export type Matched = Unit & { inputs: Record<string, FileRef> };
export type Ambiguous = Unit & { candidates: Record<string, FileRef[]> };

/** By container and input: the file to take. */
export type Choices = Record<string, Record<string, string>>;

export interface Proposal {
  /** None when there is nothing to run. */
  _id?: string;
  matched: Matched[];
  ambiguous: Ambiguous[];
  not_matched: Unit[];
  improper_permissions: string[];
}

export interface Batch {
  _id: string;
  state: "pending" | "running" | "complete" | "failed" | "cancelled";
  gear_id: string | null;
  origin: { type: string; id: string | null };
  config: Record<string, Json>;
  counts: Record<JobState, number>;
  started: string | null;
  eta: string | null;
  created: string;
}

export const batchQuery = (id: string) =>
  queryOptions({
    queryKey: [LIVE, "batch", id],
    queryFn: () => api.get<Batch>(`/batch/${encodeURIComponent(id)}`),
  });

/** Whether every input of an ambiguous container has its file. */
export const isSettled = (one: Ambiguous, choices: Choices) =>
  Object.entries(one.candidates).every(
    ([input, files]) => files.length < 2 || choices[one._id]?.[input] !== undefined,
  );

export const totalOf = ({ counts }: Batch) => Object.values(counts).reduce((sum, one) => sum + one, 0);
