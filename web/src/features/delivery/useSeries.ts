import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { containerQuery, fileQuery, listQuery } from "@/api/queries";
import type { Acquisition, FileDoc, Parents } from "@/api/types";

export interface Series {
  fileId: string;
  version: number;
  label: string;
  modality: string | null;
  instances: number;
  file: FileDoc;
}

interface Found {
  series: Series[];
  /** Names from the project down to what is viewed. */
  labels: string[];
  back: string;
  loading: boolean;
  error: Error | null;
}

const asSeries = (file: FileDoc, label: string): Series => ({
  fileId: file.file_id,
  version: file.version,
  label,
  modality: file.modality,
  instances: file.zip_member_count ?? 1,
  file,
});

function useLabels(parents: Parents | undefined): string[] {
  const project = useQuery({
    ...containerQuery("projects", parents?.project ?? ""),
    enabled: Boolean(parents?.project),
  });
  const subject = useQuery({
    ...containerQuery("subjects", parents?.subject ?? ""),
    enabled: Boolean(parents?.subject),
  });
  const session = useQuery({
    ...containerQuery("sessions", parents?.session ?? ""),
    enabled: Boolean(parents?.session),
  });
  return [project.data?.label, subject.data?.label, session.data?.label].filter((label): label is string =>
    Boolean(label),
  );
}

/** What the viewer can show for its address: the series of a session, or one file. */
export function useSeries(fileId: string | undefined, sessionId: string | undefined): Found {
  const bySession = sessionId !== undefined;
  const session = useQuery({ ...containerQuery("sessions", sessionId ?? ""), enabled: bySession });
  const acquisitions = useQuery({
    ...listQuery<Acquisition>(`/sessions/${sessionId}/acquisitions`, { sort: "timestamp:asc", limit: 1000 }),
    enabled: bySession,
  });
  const file = useQuery({ ...fileQuery(fileId ?? ""), enabled: !bySession && fileId !== undefined });
  const acquisitionId = file.data?.parents.acquisition ?? "";
  const acquisition = useQuery({
    ...containerQuery("acquisitions", acquisitionId),
    enabled: acquisitionId !== "",
  });
  const parents =
    bySession && session.data ? { ...session.data.parents, session: session.data._id } : file.data?.parents;
  const labels = useLabels(parents);

  const series = useMemo(() => {
    if (!bySession) return file.data ? [asSeries(file.data, acquisition.data?.label ?? file.data.name)] : [];
    return (acquisitions.data?.results ?? []).flatMap((one) =>
      (one.files ?? [])
        .filter((each) => each.type === "dicom")
        .map((each) => asSeries(each, one.label || each.name)),
    );
  }, [bySession, acquisitions.data, file.data, acquisition.data]);

  return {
    series,
    labels,
    back: bySession ? `/sessions/${sessionId}` : acquisitionId ? `/acquisitions/${acquisitionId}` : "/",
    loading: bySession ? acquisitions.isPending || session.isPending : fileId !== undefined && file.isPending,
    error: bySession ? (session.error ?? acquisitions.error) : file.error,
  };
}
