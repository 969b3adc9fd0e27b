import { Button } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import type { Instance } from "@/api/types";
import { t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import { LostGraphics } from "../graphics/LostGraphics";
import { LabelPanel } from "../labels/LabelPanel";
import type { LabelStore } from "../labels/store";
import { OverlayMenu } from "../overlays/OverlayMenu";
import type { OverlayStore } from "../overlays/store";
import { RoiPanel } from "../rois/RoiPanel";
import type { Point, Roi } from "../rois/roi";
import type { RoiStore } from "../rois/store";
import { fetchEarly } from "./engine";
import { type Hung, middle } from "./hung";
import { type Layout, MPR } from "./layout";
import { NoGpu } from "./NoGpu";
import type { OverlayText } from "./Overlay";
import { PaneView } from "./PaneView";
import { isVolume, stackImages } from "./stack";
import { Toolbar } from "./Toolbar";
import { isDrawing, isPainting, type ToolName } from "./tools";
import { useCine } from "./useCine";
import { useEngine } from "./useEngine";
import { useLabels } from "./useLabels";
import { useLinkedScroll, useReferenceLines } from "./useLinks";
import { useOverlays } from "./useOverlays";
import { usePaneState } from "./usePaneState";
import { useRois } from "./useRois";
import { useViewerKeys } from "./useViewerKeys";
import classes from "./Workspace.module.css";

/** A series of a cell, as far as it is known. */
export interface CellSeries {
  fileId: string;
  version: number;
  label: string;
  modality: string | null;
  instances: Instance[] | undefined;
  error: Error | null;
  address: (sopUid: string) => string;
  bundle: (sopUids: string[]) => string;
}

export interface WorkspaceProps {
  /** Names of the hierarchy above the series. */
  labels: string[];
  cells: (CellSeries | null)[];
  layout: Layout;
  active: number;
  onActive: (cell: number) => void;
  onLayout: (layout: string) => void;
  onHang: (cell: number, fileId: string) => void;
  onSeries: (step: 1 | -1) => void;
  store: RoiStore;
  labelStore: LabelStore;
  overlayStore: OverlayStore;
  /** Without the right to measure, what others measured is shown and no tool draws. */
  mayDraw: boolean;
}

/** The series in their cells, keeping what did not change so that pictures stay. */
function useHung(cells: (CellSeries | null)[]): (Hung | null)[] {
  const [kept] = useState(() => new Map<string, Hung>());
  return useMemo(
    () =>
      cells.map((cell) => {
        if (!cell?.instances) return null;
        const key = `${cell.fileId}:${cell.version}`;
        const { fileId, version, label, modality, instances, address, bundle } = cell;
        const hung = kept.get(key) ?? {
          fileId,
          version,
          label,
          modality,
          images: stackImages(instances, address),
          bundle,
        };
        kept.set(key, hung);
        return hung;
      }),
    [cells, kept],
  );
}

/** DICOM series in a grid, or one volume in three planes, with tools. */
export function Workspace(props: WorkspaceProps) {
  const {
    labels: names,
    cells,
    layout,
    active,
    onActive,
    onLayout,
    onHang,
    onSeries,
    store,
    labelStore,
    overlayStore,
    mayDraw,
  } = props;
  const { engine, lost, renew, stacks, planes } = useEngine();
  const gpu = engine?.gpu ?? true;
  const hung = useHung(cells);
  useEffect(() => {
    for (const one of hung) {
      const image = one?.images[middle(one)];
      if (image) void fetchEarly(image.imageId);
    }
  }, [hung]);
  const [tool, setTool] = useState<ToolName>("window");
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(12);
  const [linked, setLinked] = useState(true);
  const [lines, setLines] = useState(true);
  const [text, setText] = useState<OverlayText>("labels");
  const panes = useMemo(
    () => (layout.planes ? planes : stacks.slice(0, layout.rows * layout.columns)),
    [layout, planes, stacks],
  );
  const [plane, setPlane] = useState(0);
  const pane = panes[layout.planes ? plane : active] ?? panes[0];
  if (!pane) throw new Error("A layout without pictures.");
  // Not all of its state: the page around the picture is not drawn anew with each image.
  const total = usePaneState(pane, ({ ready, total: images }) => (ready ? images : 0));
  const inverted = usePaneState(pane, ({ invert }) => invert);
  const series = hung[active] ?? null;
  const many = total > 1;

  useEffect(() => engine?.choose(tool), [engine, tool]);
  // Crosshairs belong to planes.
  useEffect(() => {
    setTool((old) => (layout.planes ? "cross" : old === "cross" ? "window" : old));
  }, [layout.planes]);
  useCine(playing && many, speed, pane.next);
  useLinkedScroll(linked, panes, pane);
  useReferenceLines(lines, engine, panes, pane);

  const measuring = useRois(hung, panes, store);
  const [listed, setListed] = useState(false);
  // The list opens by itself when there is something in it.
  const some = measuring.rois.length > 0;
  useEffect(() => setListed(some), [some]);
  const placeOf = (roi: Roi) => {
    for (const one of stacks) {
      const at = one.hung?.fileId === roi.ref.file_id ? imageIndex(one.hung, roi) : -1;
      if (at >= 0) return { pane: one, at };
    }
    return null;
  };

  const volume = gpu && series !== null && isVolume(series.images);
  const labels = useLabels(volume && !layout.planes ? series : null, panes, engine, labelStore);
  const overlays = useOverlays(series, panes, overlayStore, measuring);
  const painting = isPainting(tool);
  useEffect(() => {
    if (painting && !labels.ready) setTool("window");
  }, [painting, labels.ready]);
  const actions = {
    tool: (chosen: ToolName) => {
      if (isPainting(chosen) && !labels.ready) return;
      const fits = layout.planes ? chosen !== "magnify" : chosen !== "cross";
      if (fits && (mayDraw || !(isDrawing(chosen) || isPainting(chosen)))) setTool(chosen);
    },
    pane,
    play: () => setPlaying((old) => !old),
    series: onSeries,
    layout: onLayout,
    planes: () => (layout.planes ? onLayout("1x1") : volume && onLayout(MPR)),
    choose: (cell: number) => cell < panes.length && (layout.planes ? setPlane(cell) : onActive(cell)),
    link: () => setLinked((old) => !old),
    lines: () => setLines((old) => !old),
    text: () => setText((old) => (old === "labels" ? "header" : old === "header" ? "none" : "labels")),
    key: () => mayDraw && measuring.toggleKey(pane),
    // While painting, what was painted.
    undo: painting ? labels.undo : measuring.undo,
    redo: painting ? labels.redo : measuring.redo,
    labels: () => volume && !layout.planes && labels.toggle(),
  };
  useViewerKeys(actions, total - 1);
  const drawn = layout.planes && !gpu ? [] : panes;

  return (
    <div className={classes.workspace}>
      <Toolbar
        actions={actions}
        state={{
          tool,
          layout,
          gpu,
          volume,
          mayDraw,
          linked,
          lines,
          text,
          playing,
          speed,
          many,
          inverted,
          modality: series?.modality ?? null,
          onSpeed: setSpeed,
          onText: setText,
          labelled: labels.open,
          listed,
          onListed: () => setListed((old) => !old),
        }}
      >
        <OverlayMenu {...overlays} layers={gpu} onToggle={(object) => void overlays.toggle(object)} />
      </Toolbar>
      {gpu ? null : <NoGpu />}
      <div className={classes.row}>
        <div
          className={classes.grid}
          style={{
            gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))`,
            gridTemplateRows: `repeat(${layout.rows}, minmax(0, 1fr))`,
          }}
        >
          {lost ? (
            <LostGraphics kept={t("What you measured or painted is still there.")} onReload={renew} />
          ) : null}
          {drawn.map((one, at) => {
            const cell = layout.planes ? active : at;
            const shown = cells[cell];
            return (
              <PaneView
                key={one.id}
                engine={engine}
                pane={one}
                hung={hung[cell] ?? null}
                problem={shown?.error ?? null}
                loading={Boolean(shown && !shown.instances && !shown.error)}
                labels={shown && names.at(-1) !== shown.label ? [...names, shown.label] : names}
                text={text}
                active={one === pane}
                alone={panes.length === 1}
                onActive={() => actions.choose(at)}
                onDrop={(fileId) => onHang(cell, fileId)}
              />
            );
          })}
          {drawn.length === 0 ? (
            <div className={classes.instead}>
              <Message
                title={t("Three planes cannot be shown here")}
                action={<Button onClick={() => onLayout("1x1")}>{t("Show the images")}</Button>}
              >
                {t("They are cut by the graphics processor, which this browser does not offer (WebGL 2).")}
              </Message>
            </div>
          ) : null}
        </div>
        {labels.open && volume && !layout.planes ? (
          <LabelPanel {...labels} mayPaint={mayDraw} tool={tool} onTool={actions.tool} />
        ) : null}
        {listed ? (
          <RoiPanel
            {...measuring}
            told={store.told()}
            whereabouts={(roi) => {
              const found = placeOf(roi);
              if (found) return t("image {number}", { number: found.at + 1 });
              return roi.ref.sop_uid === null ? t("three planes") : t("another series");
            }}
            onShow={(roi) => {
              const found = placeOf(roi);
              if (layout.planes) for (const one of panes) one.lookAt(middleOf(roi));
              else if (found) found.pane.go(found.at);
              else if (volume && roi.ref.sop_uid === null) onLayout(MPR);
            }}
            onExport={(form, name) => series && void measuring.exportAs(series, form, name)}
          />
        ) : null}
      </div>
    </div>
  );
}

const middleOf = ({ points }: Roi): Point =>
  [0, 1, 2].map(
    (axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length,
  ) as Point;

const imageIndex = ({ images }: Hung, { ref }: Roi) =>
  images.findIndex((image) => image.sopUid === ref.sop_uid && (image.frame ?? 1) === ref.frame);
