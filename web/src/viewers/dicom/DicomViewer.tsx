import { IconAlertTriangle } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import type { Instance } from "@/api/types";
import { Message } from "@/ui/Message";
import classes from "./DicomViewer.module.css";
import type { ToolName } from "./engine";
import { Overlay } from "./Overlay";
import { SliceSlider } from "./SliceSlider";
import { presetsOf, stackImages } from "./stack";
import { Toolbar } from "./Toolbar";
import { useCine } from "./useCine";
import { useStack } from "./useStack";
import { useViewerKeys } from "./useViewerKeys";

export interface DicomViewerProps {
  /** Names of the hierarchy, shown over the image instead of what the header says. */
  labels: string[];
  modality: string | null;
  instances: Instance[];
  address: (sopUid: string) => string;
  onSeries: (step: 1 | -1) => void;
}

/** A DICOM series as a stack: scroll, window, zoom, pan, play. */
export function DicomViewer({ labels, modality, instances, address, onSeries }: DicomViewerProps) {
  const images = useMemo(() => stackImages(instances, address), [instances, address]);
  const imageIds = useMemo(() => images.map((image) => image.imageId), [images]);
  const [tool, setTool] = useState<ToolName>("window");
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(12);
  const { element, state, act } = useStack(imageIds, tool);
  const last = images.length - 1;

  const go = useCallback(
    (index: number) => act((viewport) => void viewport.setImageIdIndex(Math.min(Math.max(index, 0), last))),
    [act, last],
  );
  const next = useCallback(
    () =>
      act((viewport) => void viewport.setImageIdIndex((viewport.getCurrentImageIdIndex() + 1) % (last + 1))),
    [act, last],
  );
  useCine(playing && state.ready && last > 0, speed, next);
  const actions = {
    tool: setTool,
    go,
    step: (by: number) => go(state.index + by),
    play: () => setPlaying((old) => !old),
    reset: () =>
      act((viewport) => {
        viewport.resetProperties();
        viewport.resetCamera();
      }),
    invert: () => act((viewport) => viewport.setProperties({ invert: !viewport.getProperties().invert })),
    zoom: (factor: number) => act((viewport) => viewport.setZoom(viewport.getZoom() * factor)),
    series: onSeries,
  };
  useViewerKeys(actions, last);

  if (images.length === 0) {
    return (
      <Message title="No images in this file">
        It holds DICOM objects without pixels, such as reports.
      </Message>
    );
  }
  const shown = images[state.index];
  return (
    <div className={classes.viewer}>
      <Toolbar
        actions={actions}
        state={{
          active: tool,
          playing,
          speed,
          inverted: state.invert,
          many: last > 0,
          presets: presetsOf(modality),
          onSpeed: setSpeed,
          onPreset: ({ center, width }) =>
            act((viewport) =>
              viewport.setProperties({ voiRange: { lower: center - width / 2, upper: center + width / 2 } }),
            ),
        }}
      />
      <div className={classes.stage}>
        {/* The right button zooms: no menu over the image. */}
        <div
          ref={element}
          className={classes.image}
          role="img"
          aria-label={`Image ${state.index + 1} of ${images.length}`}
          data-testid="viewport"
          data-ready={state.ready || undefined}
          data-index={state.index}
          data-loaded={state.loaded}
          onContextMenu={(event) => event.preventDefault()}
        />
        <Overlay labels={labels} state={state} total={images.length} frame={shown?.frame ?? null} />
        {state.error ? (
          <div className={classes.problem}>
            <Message
              title="This image cannot be shown"
              icon={<IconAlertTriangle size={28} stroke={1.5} />}
              alert
            >
              {state.error}
            </Message>
          </div>
        ) : null}
        {last > 0 ? (
          <SliceSlider index={state.index} total={images.length} loaded={state.loaded} onChange={go} />
        ) : null}
      </div>
    </div>
  );
}
