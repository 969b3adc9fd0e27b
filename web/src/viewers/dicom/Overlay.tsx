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

const whole = (value: number) => (Math.abs(value) < 10 ? value.toFixed(2) : Math.round(value).toString());

/** Text over the image: names, place in the stack, window, zoom, sides of the body, scale. */
export function Overlay({ pane, state, labels, text }: OverlayProps) {
  const { edges, window: shown } = state;
  const image = pane.hung?.images[state.index];
  const lines = text === "labels" ? labels : text === "header" && image ? headerLines(image.imageId) : [];
  return (
    <div className={classes.overlay}>
      <div className={`${classes.corner} ${classes.topLeft}`} data-testid="names">
        {[...new Set(lines)].map((line) => (
          <div key={line}>{line}</div>
        ))}
        {pane.plane ? <div>{pane.plane}</div> : null}
      </div>
      <div className={`${classes.corner} ${classes.bottomLeft}`}>
        <div data-testid="place">
          Image {state.index + 1} / {state.total}
          {image?.frame == null || pane.plane ? "" : ` (frame ${image.frame})`}
        </div>
        {shown ? (
          <div data-testid="window">
            W {whole(shown.width)} L {whole(shown.center)}
          </div>
        ) : null}
      </div>
      <div className={`${classes.corner} ${classes.bottomRight}`}>
        {state.pixelMm ? <Scale pixelMm={state.pixelMm} /> : null}
        <div>Zoom {Math.round(state.zoom * 100)} %</div>
        <div>Not for diagnostic use</div>
      </div>
      {edges ? (
        <div
          role="img"
          aria-label={`Left ${edges.left}, right ${edges.right}, top ${edges.top}, bottom ${edges.bottom}`}
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
      {length >= 10 ? `${length / 10} cm` : `${length} mm`}
    </div>
  );
}
