/** Files that a gear could be given. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Gear, Manifest } from "@/api/gears";
import type { JobDetail } from "@/api/jobs";

export interface Near {
  _id: string;
  cont_type: string;
  label: string;
}

export interface Candidate {
  name: string;
  file_id: string;
  version: number;
  /** By input, whether its schema takes the file. */
  suggested: Record<string, boolean>;
}

interface Suggestions extends Near {
  parents: Near[];
  children: Record<string, Near[]>;
  files: Candidate[];
}

/** The files of a container with the inputs they fit, and what lies above and below. */
export const suggestQuery = (gear: Gear, container: string) =>
  queryOptions({
    queryKey: ["suggest", gear._id, container],
    queryFn: () => api.get<Suggestions>(`/gears/${gear._id}/suggest/containers/${container}`),
    staleTime: 10_000,
  });

/** The files that an earlier run read, as far as they are still there. */
export const filesOf = (job: JobDetail): Chosen =>
  Object.fromEntries(
    Object.entries(job.inputs)
      .filter(([, { object }]) => object)
      .map(([input, { ref }]) => [
        input,
        { name: ref.name, file_id: ref.file_id, version: ref.version, suggested: { [input]: true } },
      ]),
  );

export type Chosen = Record<string, Candidate>;

export const fileInputs = (manifest: Manifest) =>
  Object.entries(manifest.inputs).filter(([, input]) => input.base === "file");

/** The files to begin with: the wanted one where it fits, and for a needed input the only one that fits. */
export function firstChoice(manifest: Manifest, files: Candidate[], wanted: string | undefined): Chosen {
  const chosen: Chosen = {};
  const inputs = fileInputs(manifest);
  const asked = files.find((file) => file.file_id === wanted);
  const place = asked && (inputs.find(([name]) => asked.suggested[name]) ?? inputs[0]);
  if (asked && place) chosen[place[0]] = asked;
  for (const [name, input] of inputs) {
    const fitting = files.filter((file) => file.suggested[name]);
    const [only] = fitting;
    if (!chosen[name] && !input.optional && fitting.length === 1 && only) chosen[name] = only;
  }
  return chosen;
}
