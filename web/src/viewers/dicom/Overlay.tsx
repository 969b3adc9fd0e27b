import classes from "./Overlay.module.css";
import type { StackState } from "./useStack";

interface OverlayProps {
  labels: string[];
  state: StackState;
  total: number;
  frame: number | null;
}

const whole = (value: number) => (Math.abs(value) < 10 ? value.toFixed(2) : Math.round(value).toString());

/** Text over the image: names, place in the stack, window, zoom, sides of the body. */
export function Overlay({ labels, state, total, frame }: OverlayProps) {
  const { edges, window: shown } = state;
  return (
    <div className={classes.overlay}>
      <div className={`${classes.corner} ${classes.topLeft}`}>
        {labels.map((label) => (
          <div key={label}>{label}</div>
        ))}
      </div>
      <div className={`${classes.corner} ${classes.bottomLeft}`}>
        <div data-testid="place">
          Image {state.index + 1} / {total}
          {frame === null ? "" : ` (frame ${frame})`}
        </div>
        {shown ? (
          <div data-testid="window">
            W {whole(shown.width)} L {whole(shown.center)}
          </div>
        ) : null}
      </div>
      <div className={`${classes.corner} ${classes.bottomRight}`}>
        <div>Zoom {Math.round(state.zoom * 100)} %</div>
        <div>Not for diagnostic use</div>
      </div>
      {edges ? (
        <>
          <span className={`${classes.edge} ${classes.left}`}>{edges.left}</span>
          <span className={`${classes.edge} ${classes.right}`}>{edges.right}</span>
          <span className={`${classes.edge} ${classes.top}`}>{edges.top}</span>
          <span className={`${classes.edge} ${classes.bottom}`}>{edges.bottom}</span>
        </>
      ) : null}
    </div>
  );
}
