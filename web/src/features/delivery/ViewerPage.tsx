import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect } from "react";
import { apiUrl } from "@/api/client";
import { instancesQuery } from "@/api/queries";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { PanelBoundary } from "@/ui/PanelBoundary";
import { SeriesStrip } from "./SeriesStrip";
import { useDarkPage } from "./useDarkPage";
import { useSeries } from "./useSeries";
import { ViewerHead } from "./ViewerHead";
import classes from "./ViewerPage.module.css";

const DicomViewer = lazy(() =>
  import("@/viewers/dicom/DicomViewer").then((module) => ({ default: module.DicomViewer })),
);

/** The viewer in the whole window: one file, or a session with a strip of its series. */
export function ViewerPage() {
  useDarkPage();
  const search = useSearch({ from: "/inside/viewer" });
  const navigate = useNavigate({ from: "/viewer" });
  const found = useSeries(search.file, search.session);
  const at = Math.max(
    0,
    found.series.findIndex((one) => one.fileId === search.series),
  );
  const current = found.series[at];
  const instances = useQuery({
    ...instancesQuery(current?.fileId ?? "", current?.version),
    enabled: current !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const choose = useCallback(
    (fileId: string) => void navigate({ search: (old) => ({ ...old, series: fileId }), replace: true }),
    [navigate],
  );
  const step = useCallback(
    (by: 1 | -1) => {
      const next = found.series[at + by];
      if (next) choose(next.fileId);
    },
    [found.series, at, choose],
  );
  const { fileId, version } = current ?? { fileId: "", version: undefined };
  const address = useCallback(
    (sop: string) => window.location.origin + apiUrl(`/x/files/${fileId}/instances/${sop}`, { version }),
    [fileId, version],
  );
  const title = found.labels.at(-1) ?? "Viewer";
  useEffect(() => {
    document.title = `${title} · Treadle viewer`;
  }, [title]);

  const error = found.error ?? instances.error;
  return (
    <div className={classes.page}>
      <ViewerHead labels={found.labels} back={found.back} file={current} />
      <div className={classes.body}>
        {found.series.length > 1 ? (
          <SeriesStrip series={found.series} current={fileId} onChoose={choose} />
        ) : null}
        <main className={classes.main}>
          {error ? <Failure error={error} what="series" onRetry={() => void instances.refetch()} /> : null}
          {!error && !found.loading && found.series.length === 0 ? (
            <Message title="Nothing to view here">There is no DICOM series in this place.</Message>
          ) : null}
          {!error && (found.loading || (current && instances.isPending)) ? (
            <Loading label="Loading the series" />
          ) : null}
          {current && instances.data ? (
            <PanelBoundary what="viewer" key={fileId}>
              <Suspense fallback={<Loading label="Loading the viewer" />}>
                <DicomViewer
                  labels={current.label === title ? found.labels : [...found.labels, current.label]}
                  modality={current.modality}
                  instances={instances.data}
                  address={address}
                  onSeries={step}
                />
              </Suspense>
            </PanelBoundary>
          ) : null}
        </main>
      </div>
    </div>
  );
}
