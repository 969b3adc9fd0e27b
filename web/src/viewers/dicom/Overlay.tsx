import { t } from "@/i18n/text";
import { decimal } from "@/ui/format";
import type { PlaneName } from "./engine";
import { headerLines } from "./header";
import classes from "./Overlay.module.css";
import type { Pane, PaneState } from "./pane";
import { scaleBar } from "./stack";

/** What stands over the images: names of the hierarchy, what the header says, or nothing. */
export type OverlayText = "labels" | "header" | "none";

interface OverlayProps {
  pane: Pane;
  state: PaneState;
  labels: string[];
  text: OverlayText;
}

const PLANE_WORDS: Record<PlaneName, string> = {
  axial: t("axial"),
  coronal: t("coronal"),
  sagittal: t("sagittal"),
};

const whole = (value: number) => (Math.abs(value) < 10 ? decimal(value, 2) : Math.round(value).toString());

/** Text over the image: names, place in the stack, window, zoom, sides of the body, scale. */
export function Overlay({ pane, state, labels, text }: OverlayProps) {
  const { edges, window: shown } = state;
  const image = pane.hung?.images[state.index];
  const lines = text === "labels" ? labels : text === "header" && image ? headerLines(image.imageId) : [];
  const place = { index: state.index + 1, total: state.total };
  return (
    <div className={classes.overlay}>
      <div className={`${classes.corner} ${classes.topLeft}`} data-testid="names">
        {[...new Set(lines)].map((line) => (
          <div key={line}>{line}</div>
        ))}
        {pane.plane ? <div>{PLANE_WORDS[pane.plane]}</div> : null}
      </div>
      <div className={`${classes.corner} ${classes.bottomLeft}`}>
        <div data-testid="place">
          {image?.frame == null || pane.plane
            ? t("Image {index} / {total}", place)
            : t("Image {index} / {total} (frame {frame})", { ...place, frame: image.frame })}
        </div>
        {shown ? (
          <div data-testid="window">
            W {whole(shown.width)} L {whole(shown.center)}
          </div>
        ) : null}
      </div>
      <div className={`${classes.corner} ${classes.bottomRight}`}>
        {state.pixelMm ? <Scale pixelMm={state.pixelMm} /> : null}
        <div>{t("Zoom {percent} %", { percent: Math.round(state.zoom * 100) })}</div>
        <div>{t("Not for diagnostic use")}</div>
      </div>
      {edges ? (
        <div
          role="img"
          aria-label={t("Left {left}, right {right}, top {top}, bottom {bottom}", {
            left: edges.left,
            right: edges.right,
            top: edges.top,
            bottom: edges.bottom,
          })}
          data-testid="edges"
        >
          <span className={`${classes.edge} ${classes.left}`}>{edges.left}</span>
          <span className={`${classes.edge} ${classes.right}`}>{edges.right}</span>
          <span className={`${classes.edge} ${classes.top}`}>{edges.top}</span>
          <span className={`${classes.edge} ${classes.bottom}`}>{edges.bottom}</span>
        </div>
      ) : null}
    </div>
  );
}

function Scale({ pixelMm }: { pixelMm: number }) {
  const length = scaleBar(pixelMm);
  return (
    <div className={classes.scale} style={{ width: length / pixelMm }} data-testid="scale">
      {decimal(length >= 10 ? length / 10 : length)} {length >= 10 ? "cm" : "mm"}
    </div>
  );
}
