import { IconAlertTriangle } from "@tabler/icons-react";
import { type DragEvent, useEffect, useRef } from "react";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { DRAGGED } from "./dragged";
import type { Engine } from "./engine";
import { FirstLook } from "./FirstLook";
import { type Hung, middle } from "./hung";
import { lookAddress } from "./look";
import { Overlay, type OverlayText } from "./Overlay";
import classes from "./PaneView.module.css";
import type { Pane, PaneState } from "./pane";
import { SliceSlider } from "./SliceSlider";
import { usePaneState } from "./usePaneState";

const whole = (state: PaneState) => state;

interface PaneViewProps {
  engine: Engine | null;
  pane: Pane;
  hung: Hung | null;
  /** Why the series of this cell cannot be shown. */
  problem: Error | null;
  loading: boolean;
  labels: string[];
  text: OverlayText;
  active: boolean;
  alone: boolean;
  onActive: () => void;
  onDrop: (fileId: string) => void;
}

/** One cell of the grid: the picture, what stands over it, its place in the stack. */
export function PaneView(props: PaneViewProps) {
  const { engine, pane, hung, problem, loading, labels, text, active, alone, onActive, onDrop } = props;
  const element = useRef<HTMLDivElement>(null);
  const state = usePaneState(pane, whole);
  useEffect(
    () => (engine && element.current ? pane.attach(engine, element.current) : undefined),
    [engine, pane],
  );
  useEffect(() => void pane.show(hung), [pane, hung]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onDrop(event.dataTransfer.getData(DRAGGED));
  };
  const told = tell(hung, problem ?? (state.error === null ? null : new Error(state.error)));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys 1 to 9 choose a picture too
    <div
      className={classes.pane}
      data-active={(active && !alone) || undefined}
      data-testid="pane"
      onPointerDownCapture={onActive}
      onWheelCapture={onActive}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDrop={drop}
    >
      {/* The right button zooms: no menu over the image. */}
      <div
        ref={element}
        className={classes.image}
        role="img"
        aria-label={
          hung
            ? t("{label}, image {index} of {total}", {
                label: hung.label,
                index: state.index + 1,
                total: state.total,
              })
            : t("No series")
        }
        data-testid="viewport"
        data-ready={state.ready || undefined}
        data-index={state.index}
        data-loaded={state.loaded}
        onContextMenu={(event) => event.preventDefault()}
      />
      {loading || (hung && hung.images.length > 0 && !state.ready && !told) ? (
        <FirstLook address={hung && !pane.plane ? lookAddress(hung.images[middle(hung)]) : null}>
          <div className={classes.over}>
            <Loading rows={3} label={t("Loading the series")} />
          </div>
        </FirstLook>
      ) : null}
      {hung && hung.images.length > 0 ? (
        <Overlay pane={pane} state={state} labels={labels} text={text} />
      ) : null}
      {told && !loading ? <div className={classes.over}>{told}</div> : null}
      {state.ready && state.total > 1 ? (
        <SliceSlider
          index={state.index}
          total={state.total}
          loaded={state.loaded}
          onChange={(index) => pane.go(index)}
        />
      ) : null}
    </div>
  );
}

function tell(hung: Hung | null, problem: Error | null) {
  if (problem) {
    return (
      <Message
        title={t("This image cannot be shown")}
        icon={<IconAlertTriangle size={28} stroke={1.5} />}
        alert
      >
        {problem.message}
      </Message>
    );
  }
  if (!hung) return <Message title={t("Empty")}>{t("Choose a series, or drag one here.")}</Message>;
  if (hung.images.length > 0) return null;
  return (
    <Message title={t("No images in this file")}>
      {t("It holds DICOM objects without pixels, such as reports.")}
    </Message>
  );
}
