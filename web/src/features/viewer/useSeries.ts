import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { containerQuery, fileQuery, listQuery } from "@/api/queries";
import type { Acquisition, FileDoc, Parents } from "@/api/types";
import { FULL_WINDOW, type PreviewKind, previewKind } from "@/viewers/preview/kinds";

/** A DICOM series, or another file that fills the window. */
export interface Series {
  fileId: string;
  version: number;
  kind: PreviewKind;
  label: string;
  modality: string | null;
  instances: number;
  file: FileDoc;
}

interface Found {
  series: Series[];
  /** Names from the project down to what is viewed. */
  labels: string[];
  /** Whose roles decide what may be done. */
  project: string | undefined;
  back: string;
  /** The volumes of the session, which may lie over each other. */
  volumes: Series[];
  loading: boolean;
  error: Error | null;
  retry: () => void;
}

const asSeries = (file: FileDoc, label: string): Series => ({
  fileId: file.file_id,
  version: file.version,
  kind: previewKind(file),
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

/** What an acquisition has for the viewer. */
const seriesOf = (acquisition: Acquisition) =>
  acquisition.files
    .filter((each) => FULL_WINDOW.has(previewKind(each)))
    .map((each) => asSeries(each, each.type === "dicom" ? acquisition.label || each.name : each.name));

/** What the viewer can show for its address: the series of a session, or one file. */
export function useSeries(
  fileId: string | undefined,
  version: number | undefined,
  sessionId: string | undefined,
): Found {
  const bySession = sessionId !== undefined;
  const file = useQuery({ ...fileQuery(fileId ?? "", version), enabled: !bySession && fileId !== undefined });
  const session = useQuery({ ...containerQuery("sessions", sessionId ?? ""), enabled: bySession });
  // A volume alone may still have others of its session over it.
  const around =
    sessionId ?? (file.data && previewKind(file.data) === "volume" ? file.data.parents.session : null);
  const acquisitions = useQuery({
    ...listQuery<Acquisition>(`/sessions/${around}/acquisitions`, { sort: "timestamp:asc", limit: 1000 }),
    enabled: Boolean(around),
  });
  const acquisitionId = file.data?.parents.acquisition ?? "";
  const acquisition = useQuery({
    ...containerQuery("acquisitions", acquisitionId),
    enabled: acquisitionId !== "",
  });
  const parents =
    bySession && session.data ? { ...session.data.parents, session: session.data._id } : file.data?.parents;
  const labels = useLabels(parents);
  const all = useMemo(() => (acquisitions.data?.results ?? []).flatMap(seriesOf), [acquisitions.data]);

  const series = useMemo(() => {
    if (bySession) return all;
    if (!file.data) return [];
    const label = file.data.type === "dicom" ? acquisition.data?.label : undefined;
    return [asSeries(file.data, label ?? file.data.name)];
  }, [bySession, all, file.data, acquisition.data]);

  return {
    series,
    labels,
    project: parents?.project ?? undefined,
    volumes: useMemo(() => all.filter((one) => one.kind === "volume"), [all]),
    back: bySession ? `/sessions/${sessionId}` : fileId ? `/files/${fileId}` : "/",
    loading: bySession ? acquisitions.isPending || session.isPending : fileId !== undefined && file.isPending,
    error: bySession ? (session.error ?? acquisitions.error) : file.error,
    retry: () => void (bySession ? acquisitions.refetch() : file.refetch()),
  };
}
