import { useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import { contentUrl } from "@/api/download";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { PanelBoundary } from "@/ui/PanelBoundary";
import { Preview } from "@/viewers/preview/Preview";
import { DicomStage } from "./DicomStage";
import { SeriesStrip } from "./SeriesStrip";
import { SmallScreen } from "./SmallScreen";
import { useDarkPage } from "./useDarkPage";
import { type Series, useSeries } from "./useSeries";
import { useViewerPlace } from "./useViewerPlace";
import { ViewerHead } from "./ViewerHead";
import classes from "./ViewerPage.module.css";

const shown = ({ fileId, version, file }: Series) => ({
  fileId,
  version,
  name: file.name,
  size: file.size,
  url: contentUrl(fileId, version),
});

/** The viewer in the whole window: one file, or a session with a strip of its series. */
export function ViewerPage() {
  useDarkPage();
  const search = useSearch({ from: "/inside/viewer" });
  const found = useSeries(search.file, search.version, search.session);
  const { series } = found;
  const ids = useMemo(() => series.map((one) => one.fileId), [series]);
  const place = useViewerPlace(ids);
  const chosen = place.cells[place.active] ?? null;
  const at = chosen === null ? -1 : ids.indexOf(chosen);
  const current = series[at];
  const { hang, active } = place;
  const choose = useCallback((fileId: string) => hang(active, fileId), [hang, active]);
  const step = useCallback(
    (by: 1 | -1) => {
      const next = ids[at + by];
      if (next) choose(next);
    },
    [ids, at, choose],
  );
  const title = found.labels.at(-1) ?? t("Viewer");
  useEffect(() => {
    document.title = t("{title} · Treadle viewer", { title });
  }, [title]);

  return (
    <div className={classes.page}>
      <ViewerHead labels={found.labels} back={found.back} file={current} />
      <SmallScreen>
        <div className={classes.body}>
          {series.length > 1 ? (
            <SeriesStrip series={series} current={chosen ?? ""} onChoose={choose} />
          ) : null}
          <main className={classes.main}>
            <PanelBoundary what={t("viewer")}>
              {found.error ? <Failure error={found.error} what={t("series")} onRetry={found.retry} /> : null}
              {!found.error && found.loading ? <Loading label={t("Loading the series")} /> : null}
              {!found.error && !found.loading ? (
                <Shown current={current} found={found} place={place} onSeries={step} />
              ) : null}
            </PanelBoundary>
          </main>
        </div>
      </SmallScreen>
    </div>
  );
}

interface ShownProps {
  current: Series | undefined;
  found: ReturnType<typeof useSeries>;
  place: ReturnType<typeof useViewerPlace>;
  onSeries: (step: 1 | -1) => void;
}

function Shown({ current, found, place, onSeries }: ShownProps) {
  const { series, volumes } = found;
  if (series.length === 0) {
    return <Message title={t("Nothing to view here")}>{t("There is no series in this place.")}</Message>;
  }
  if (current && current.kind !== "dicom") {
    const others = volumes.filter((one) => one.fileId !== current.fileId);
    return <Preview kind={current.kind} file={shown(current)} others={others.map(shown)} />;
  }
  return <DicomStage found={found} place={place} onSeries={onSeries} />;
}
