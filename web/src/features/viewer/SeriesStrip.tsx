import { useEffect, useRef } from "react";
import { plural, t } from "@/i18n/text";
import { DRAGGED } from "@/viewers/dicom/dragged";
import { kindWord } from "@/viewers/preview/kinds";
import classes from "./SeriesStrip.module.css";
import { SeriesThumb } from "./SeriesThumb";
import type { Series } from "./useSeries";

interface SeriesStripProps {
  series: Series[];
  current: string;
  onChoose: (fileId: string) => void;
}

/** A session's series; `[` and `]` step through them. */
export function SeriesStrip({ series, current, onChoose }: SeriesStripProps) {
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    strip.current
      ?.querySelector(`[data-series="${current}"]`)
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav ref={strip} className={classes.strip} aria-label={t("Series")}>
      {series.map((one) => (
        <button
          key={one.fileId}
          type="button"
          className={classes.item}
          data-series={one.fileId}
          aria-current={one.fileId === current ? "true" : undefined}
          onClick={() => onChoose(one.fileId)}
          draggable={one.kind === "dicom"}
          onDragStart={(event) => event.dataTransfer.setData(DRAGGED, one.fileId)}
        >
          {one.kind === "dicom" ? <SeriesThumb series={one} /> : null}
          <span className={classes.words}>
            <span className={classes.label} title={one.label}>
              {one.label}
            </span>
            <span className={classes.about}>
              {[
                one.modality,
                one.kind === "dicom"
                  ? plural(one.instances, "{count} instance", "{count} instances")
                  : kindWord(one.kind),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
        </button>
      ))}
    </nav>
  );
}
