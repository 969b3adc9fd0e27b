import { useCallback, useEffect, useRef, useState } from "react";
import { saveBlob } from "@/api/download";
import { nextSegment, type Segment, segmentOf } from "../labels/segment";
import type { LabelStore } from "../labels/store";
import type { Saving } from "../side/SidePanel";
import type { Engine } from "./engine";
import type { Hung } from "./hung";
import { Labelmap } from "./labelmap";
import type { Pane } from "./pane";
import { useShowing } from "./useShowing";

const SAVE_AFTER_MS = 1500;
const BRUSH_MM = 8;

/** The labels painted on a series, while it is chosen: loaded, shown, kept as they change, undone. */
export function useLabels(
  chosenSeries: Hung | null,
  panes: Pane[],
  engine: Engine | null,
  store: LabelStore,
) {
  const [open, setOpen] = useState(false);
  const series = open ? chosenSeries : null;
  const [labelmap, setLabelmap] = useState<Labelmap | null>(null);
  const [segments, setSegments] = useState<Segment[]>([]);
  const [value, choose] = useState(1);
  const [brush, setBrush] = useState(BRUSH_MM);
  const [saving, setSaving] = useState<Saving>("saved");
  /** How often something changed since the series was opened. */
  const [changes, setChanges] = useState(0);
  const changed = useCallback(() => setChanges((old) => old + 1), []);

  useEffect(() => {
    if (!series) return undefined;
    let left = false;
    let made: Labelmap | null = null;
    const load = async () => {
      const kept = await store.load(series.fileId, series.version);
      if (left) return;
      setSegments(kept.segments.length > 0 ? kept.segments : [segmentOf(1)]);
      choose(kept.segments[0]?.value ?? 1);
      made = await Labelmap.over(series, kept.volume, changed, "own");
      if (left) made.close();
      else setLabelmap(made);
    };
    setChanges(0);
    setSaving("saved");
    load().catch((problem: Error) => !left && setSaving(problem));
    return () => {
      left = true;
      setLabelmap(null);
      made?.close();
    };
  }, [series, store, changed]);

  const showing = useShowing(panes, labelmap?.hung ?? null);
  useEffect(() => labelmap?.show(showing, segments, value), [labelmap, showing, segments, value]);
  useEffect(() => engine?.brush(brush), [engine, brush]);

  const attempt = useCallback(async (work: () => Promise<void>) => {
    setSaving("saving");
    try {
      await work();
      setSaving("saved");
    } catch (problem) {
      setSaving(problem as Error);
    }
  }, []);
  // What is not kept yet is kept soon, or when the series is left.
  const waiting = useRef<(() => Promise<void>) | null>(null);
  useEffect(() => {
    if (!labelmap || changes === 0) return undefined;
    waiting.current = async () => {
      waiting.current = null;
      const measured = segments.map((one) => ({ ...one, volume_mm3: labelmap.volume(one.value) }));
      const { fileId, version } = labelmap.hung;
      await attempt(async () => store.save(fileId, version, measured, await labelmap.packed()));
    };
    const timer = window.setTimeout(() => void waiting.current?.(), SAVE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [labelmap, changes, segments, store, attempt]);
  useEffect(() => (labelmap ? () => void waiting.current?.() : undefined), [labelmap]);

  const change = (next: Segment[]) => {
    setSegments(next);
    changed();
  };
  return {
    open,
    toggle: useCallback(() => setOpen((old) => !old), []),
    ready: labelmap !== null,
    segments,
    value,
    choose,
    brush,
    setBrush,
    saving,
    draft: labelmap !== null && store.isDraft(labelmap.hung.fileId, labelmap.hung.version),
    volumeOf: (number: number) => labelmap?.volume(number) ?? 0,
    add: () => {
      const next = nextSegment(segments);
      if (!next) return;
      change([...segments, next]);
      choose(next.value);
    },
    change: (number: number, part: Partial<Omit<Segment, "value">>) =>
      change(segments.map((one) => (one.value === number ? { ...one, ...part } : one))),
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
    publish: async () => {
      await waiting.current?.();
      if (labelmap) await attempt(() => store.publish(labelmap.hung.fileId, labelmap.hung.version));
    },
    exportAs: async (form: "seg" | "nifti", name: string) => {
      await waiting.current?.();
      if (!labelmap) return;
      const { fileId, version } = labelmap.hung;
      await attempt(async () => saveBlob(await store.exported(fileId, version, form), name));
    },
  };
}
