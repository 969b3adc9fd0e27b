import { useQueries } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { apiUrl } from "@/api/client";
import { instancesQuery } from "@/api/queries";
import { Loading } from "@/ui/Loading";
import type { CellSeries } from "@/viewers/dicom/Workspace";
import { unkept } from "./unkept";
import type { Series } from "./useSeries";
import type { useViewerPlace } from "./useViewerPlace";

const Workspace = lazy(() =>
  import("@/viewers/dicom/Workspace").then((module) => ({ default: module.Workspace })),
);

const address = (fileId: string, version: number) => (sop: string) =>
  window.location.origin + apiUrl(`/x/files/${fileId}/instances/${sop}`, { version });

interface DicomStageProps {
  series: Series[];
  labels: string[];
  place: ReturnType<typeof useViewerPlace>;
  onSeries: (step: 1 | -1) => void;
}

/** The series that hang in the grid, with what is known of their instances. */
export function DicomStage({ series, labels, place, onSeries }: DicomStageProps) {
  const hung = useMemo(
    () =>
      place.cells.map(
        (fileId) => series.find((one) => one.fileId === fileId && one.kind === "dicom") ?? null,
      ),
    [place.cells, series],
  );
  const found = useQueries({
    queries: hung.map((one) => ({
      ...instancesQuery(one?.fileId ?? "", one?.version),
      enabled: one !== null,
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (answers) => answers.map(({ data, error }) => ({ data, error })),
  });
  const cells = useMemo(
    () =>
      hung.map((one, at): CellSeries | null => {
        if (!one) return null;
        const { fileId, version, label, modality } = one;
        const { data, error } = found[at] ?? { data: undefined, error: null };
        return {
          fileId,
          version,
          label,
          modality,
          instances: data,
          error,
          address: address(fileId, version),
        };
      }),
    [hung, found],
  );
  return (
    <Suspense fallback={<Loading label="Loading the viewer" />}>
      <Workspace
        labels={labels}
        cells={cells}
        layout={place.layout}
        active={place.active}
        onActive={place.activate}
        onLayout={place.arrange}
        onHang={place.hang}
        onSeries={onSeries}
        store={unkept}
      />
    </Suspense>
  );
}
