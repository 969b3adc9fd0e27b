import { useQueries } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { apiUrl } from "@/api/client";
import { instancesQuery, useMe } from "@/api/queries";
import { useMay } from "@/api/rights";
import { Loading } from "@/ui/Loading";
import type { CellSeries } from "@/viewers/dicom/Workspace";
import { AnnotationStore } from "./annotationStore";
import { ServerLabelStore } from "./labelStore";
import { overlayStore } from "./overlayStore";
import type { useSeries } from "./useSeries";
import type { useViewerPlace } from "./useViewerPlace";

const Workspace = lazy(() =>
  import("@/viewers/dicom/Workspace").then((module) => ({ default: module.Workspace })),
);

const address = (fileId: string, version: number) => (sop: string) =>
  window.location.origin + apiUrl(`/x/files/${fileId}/instances/${sop}`, { version });

interface DicomStageProps {
  found: ReturnType<typeof useSeries>;
  place: ReturnType<typeof useViewerPlace>;
  onSeries: (step: 1 | -1) => void;
}

/** The series that hang in the grid, with what is known of their instances. */
export function DicomStage({ found, place, onSeries }: DicomStageProps) {
  const { series, labels, project } = found;
  const mayDraw = useMay(project)("annotations_manage");
  const me = useMe().user._id;
  const store = useMemo(() => new AnnotationStore(me), [me]);
  const labelStore = useMemo(() => new ServerLabelStore(me), [me]);
  const hung = useMemo(
    () =>
      place.cells.map(
        (fileId) => series.find((one) => one.fileId === fileId && one.kind === "dicom") ?? null,
      ),
    [place.cells, series],
  );
  const instances = useQueries({
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
        const { data, error } = instances[at] ?? { data: undefined, error: null };
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
    [hung, instances],
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
        store={store}
        labelStore={labelStore}
        overlayStore={overlayStore}
        mayDraw={mayDraw}
      />
    </Suspense>
  );
}
