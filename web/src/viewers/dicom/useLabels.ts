import { useCallback, useEffect, useReducer, useState } from "react";
import { saveBlob } from "@/api/download";
import { nextSegment, type Segment, segmentOf } from "../labels/segment";
import type { LabelStore } from "../labels/store";
import { Keeper, type Saving } from "../side/keeper";
import { useKeeping } from "../side/useKeeping";
import type { Engine } from "./engine";
import type { Hung } from "./hung";
import { Labelmap } from "./labelmap";
import type { Pane } from "./pane";
import { useShowing } from "./useShowing";

const SAVE_AFTER_MS = 1500;
const BRUSH_MM = 8;

/** A series that is painted on. Its segments are in here too: what is kept after it was left is still its own. */
interface Painting {
  labelmap: Labelmap;
  segments: Segment[];
  keeper: Keeper;
}

/** The labels painted on a series, while it is chosen: loaded, shown, kept as they change, undone. */
export function useLabels(
  chosenSeries: Hung | null,
  panes: Pane[],
  engine: Engine | null,
  store: LabelStore,
) {
  const [open, setOpen] = useState(false);
  const series = open ? chosenSeries : null;
  const [painting, setPainting] = useState<Painting | null>(null);
  const labelmap = painting?.labelmap ?? null;
  const [segments, setSegments] = useState<Segment[]>([]);
  const [value, choose] = useState(1);
  const [brush, setBrush] = useState(BRUSH_MM);
  const [saving, setSaving] = useState<Saving>("saved");
  const [, redraw] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    if (!series) return undefined;
    const { fileId, version } = series;
    let left = false;
    let made: Labelmap | null = null;
    const load = async () => {
      const kept = await store.load(fileId, version);
      if (left) return;
      const first = kept.segments.length > 0 ? kept.segments : [segmentOf(1)];
      setSegments(first);
      choose(first[0]?.value ?? 1);
      const painted = () => {
        next.keeper.later();
        redraw();
      };
      const layer = await Labelmap.over(series, kept.volume, painted, "own");
      made = layer;
      const write = async () => {
        const measured = next.segments.map((one) => ({ ...one, volume_mm3: layer.volume(one.value) }));
        await store.save(fileId, version, measured, await layer.packed());
      };
      const next = {
        labelmap: layer,
        segments: first,
        keeper: new Keeper(
          write,
          SAVE_AFTER_MS,
          (state) => (!left || state instanceof Error) && setSaving(state),
        ),
      };
      if (left) layer.close();
      else setPainting(next);
    };
    setSaving("saved");
    load().catch((problem: Error) => !left && setSaving(problem));
    return () => {
      left = true;
      setPainting(null);
      made?.close();
    };
  }, [series, store]);
  const again = useKeeping(painting?.keeper ?? null, saving);

  const showing = useShowing(panes, labelmap?.hung ?? null);
  useEffect(() => labelmap?.show(showing, segments, value), [labelmap, showing, segments, value]);
  useEffect(() => engine?.brush(brush), [engine, brush]);

  const show = (next: Segment[]) => {
    setSegments(next);
    if (painting) painting.segments = next;
  };
  const change = (next: Segment[]) => {
    show(next);
    painting?.keeper.later();
  };
  return {
    open,
    toggle: useCallback(() => setOpen((old) => !old), []),
    ready: painting !== null,
    segments,
    value,
    choose,
    brush,
    setBrush,
    saving,
    again,
    draft: labelmap !== null && store.isDraft(labelmap.hung.fileId, labelmap.hung.version),
    volumeOf: (number: number) => labelmap?.volume(number) ?? 0,
    add: () => {
      const next = nextSegment(segments);
      if (!next) return;
      change([...segments, next]);
      choose(next.value);
    },
    change: (number: number, part: Partial<Omit<Segment, "value">>) => {
      const next = segments.map((one) => (one.value === number ? { ...one, ...part } : one));
      // Whether a label is shown is nobody's work.
      if (Object.keys(part).every((key) => key === "visible")) show(next);
      else change(next);
    },
    remove: (number: number) => {
      labelmap?.clear(number);
      const rest = segments.filter((one) => one.value !== number);
      // One can always paint something.
      const next = rest.length > 0 ? rest : [segmentOf(1)];
      change(next);
      if (value === number) choose(next[0]?.value ?? 1);
    },
    mayUndo: labelmap?.mayUndo ?? false,
    mayRedo: labelmap?.mayRedo ?? false,
    undo: () => labelmap?.undo(),
    redo: () => labelmap?.redo(),
    publish: () => {
      if (!painting) return;
      const { fileId, version } = painting.labelmap.hung;
      void painting.keeper.after(() => store.publish(fileId, version));
    },
    exportAs: (form: "seg" | "nifti", name: string) => {
      if (!painting) return;
      const { fileId, version } = painting.labelmap.hung;
      void painting.keeper.after(async () => saveBlob(await store.exported(fileId, version, form), name));
    },
  };
}
