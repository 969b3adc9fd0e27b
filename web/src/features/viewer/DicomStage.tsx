import { useQueries } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { instancesQuery, useMe } from "@/api/queries";
import { useMay } from "@/api/rights";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { FirstLook } from "@/viewers/dicom/FirstLook";
import { middle } from "@/viewers/dicom/hung";
import { lookAddress } from "@/viewers/dicom/look";
import { stackImages } from "@/viewers/dicom/stack";
import type { CellSeries } from "@/viewers/dicom/Workspace";
import { bundleAddress, instanceAddress } from "./addresses";
import { AnnotationStore } from "./annotationStore";
import classes from "./DicomStage.module.css";
import { ServerLabelStore } from "./labelStore";
import { overlayStore } from "./overlayStore";
import type { useSeries } from "./useSeries";
import type { useViewerPlace } from "./useViewerPlace";

const fetchWorkspace = () =>
  import("@/viewers/dicom/Workspace").then((module) => ({ default: module.Workspace }));
const Workspace = lazy(fetchWorkspace);

const LOOK_MS = 1000;

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
          address: instanceAddress(fileId, version),
          bundle: bundleAddress(fileId, version),
        };
      }),
    [hung, instances],
  );
  const first = useMemo(() => {
    const cell = place.layout.planes || cells.length > 1 ? null : cells[0];
    if (!cell?.instances) return null;
    const images = stackImages(cell.instances, cell.address);
    return lookAddress(images[middle({ images })]);
  }, [cells, place.layout]);
  // What can be looked at is drawn before all that moves it, which is fetched meanwhile; nobody waits for it long.
  useEffect(() => void fetchWorkspace().catch(() => undefined), []);
  const [looked, setLooked] = useState(false);
  const onSettled = useCallback(() => setLooked(true), []);
  const known = cells.some((cell) => cell?.instances || cell?.error);
  useEffect(() => {
    if (known && first === null) return setLooked(true);
    const timer = window.setTimeout(onSettled, LOOK_MS);
    return () => window.clearTimeout(timer);
  }, [known, first, onSettled]);
  const still = (
    <div className={classes.stage}>
      <FirstLook address={first} onSettled={onSettled}>
        <Loading label={t("Loading the viewer")} />
      </FirstLook>
    </div>
  );
  if (!looked) return still;
  return (
    <Suspense fallback={still}>
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
