import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { saveBlob } from "@/api/download";
import { commit, EMPTY, type History, load, redo, undo, unload } from "../rois/history";
import { fileOf, type Point, type Roi, type RoiRef } from "../rois/roi";
import type { ExportForm, RoiStore } from "../rois/store";
import type { Saving } from "../side/SidePanel";
import { Board } from "./board";
import type { Hung } from "./hung";
import type { Pane } from "./pane";
import { volumeIdOf } from "./volume";

const SAVE_AFTER_MS = 800;

/** The regions of the open series: drawn, listed, loaded, saved as they change, undone. */
export function useRois(hung: (Hung | null)[], panes: Pane[], store: RoiStore) {
  const [history, setHistory] = useState<History>(EMPTY);
  const [saving, setSaving] = useState<Saving>("saved");
  const board = useMemo(() => {
    const made: Board = new Board((drawn) =>
      setHistory((old) => commit(old, [...drawn, ...old.present.filter((roi) => !made.holds(roi))])),
    );
    return made;
  }, []);
  useEffect(() => board.open(), [board]);

  // What was last kept of each file; a file is in here once it is loaded.
  const kept = useRef(new Map<string, string>());
  useEffect(() => {
    for (const one of hung) {
      if (!one) continue;
      board.name(volumeIdOf(one), { file_id: one.fileId, version: one.version, sop_uid: null, frame: 1 });
      for (const { imageId, sopUid, frame } of one.images) {
        board.name(imageId, {
          file_id: one.fileId,
          version: one.version,
          sop_uid: sopUid,
          frame: frame ?? 1,
        });
      }
      const key = `${one.fileId}:${one.version}`;
      if (kept.current.has(key)) continue;
      kept.current.set(key, "[]");
      store
        .load(one.fileId, one.version)
        .then((rois) => {
          kept.current.set(key, JSON.stringify(rois.filter((roi) => roi.by === undefined)));
          setHistory((old) => load(old, rois));
        })
        .catch((problem: Error) => setSaving(problem));
    }
  }, [hung, board, store]);

  const { present } = history;
  useEffect(() => {
    board.show(present);
    for (const pane of panes) pane.redraw();
  }, [board, present, panes]);

  useEffect(() => {
    const timer = window.setTimeout(async () => {
      for (const [key, before] of kept.current) {
        const rois = present.filter((roi) => fileOf(roi) === key && roi.by === undefined);
        const now = JSON.stringify(rois);
        if (now === before) continue;
        const [fileId = "", version] = key.split(":");
        setSaving("saving");
        try {
          await store.save(fileId, Number(version), rois);
          kept.current.set(key, now);
          setSaving("saved");
        } catch (problem) {
          setSaving(problem as Error);
        }
      }
    }, SAVE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [present, store]);

  /** Make what is drafted a version that others may see. */
  const publish = useCallback(async () => {
    setSaving("saving");
    try {
      await store.publish();
      setSaving("saved");
    } catch (problem) {
      setSaving(problem as Error);
    }
  }, [store]);
  /** Let the browser save one's own on a series in another program's form. */
  const exportAs = useCallback(
    async (series: Hung, form: ExportForm, name: string) => {
      try {
        saveBlob(await store.exported(series.fileId, series.version, form), name);
      } catch (problem) {
        setSaving(problem as Error);
      }
    },
    [store],
  );
  const change = useCallback((id: string, part: Partial<Pick<Roi, "label" | "comment">>) => {
    const changed = (roi: Roi) => (roi.id === id ? { ...roi, ...part } : roi);
    setHistory((old) => commit(old, old.present.map(changed)));
  }, []);
  const remove = useCallback(
    (id: string) =>
      setHistory((old) =>
        commit(
          old,
          old.present.filter((roi) => roi.id !== id),
        ),
      ),
    [],
  );
  /** Mark an image as a key image, or take the mark away. */
  const toggleKey = useCallback((pane: Pane) => {
    const { hung: series } = pane;
    const image = series?.images[pane.get().index];
    if (!series || !image || pane.plane) return;
    const ref: RoiRef = {
      file_id: series.fileId,
      version: series.version,
      sop_uid: image.sopUid,
      frame: image.frame ?? 1,
      frame_of_reference_uid: null,
    };
    setHistory((old) => {
      const others = old.present.filter(
        (roi) => !(roi.tool === "key" && JSON.stringify(roi.ref) === JSON.stringify(ref)),
      );
      const marked = others.length < old.present.length;
      const position = [...(image.plane?.position ?? [0, 0, 0])] as Point;
      return commit(old, marked ? others : [...others, keyImage(ref, position)]);
    });
  }, []);
  return {
    rois: present,
    saving,
    publish,
    mayUndo: history.past.length > 0,
    mayRedo: history.future.length > 0,
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
    change,
    remove,
    toggleKey,
    exportAs,
    bring: useCallback((rois: Roi[]) => setHistory((old) => load(old, rois)), []),
    takeAway: useCallback((source: string) => setHistory((old) => unload(old, source)), []),
  };
}

const keyImage = (ref: RoiRef, position: Point): Roi => ({
  id: crypto.randomUUID(),
  tool: "key",
  label: "",
  comment: "",
  ref,
  points: [position],
  closed: false,
  normal: null,
  up: null,
  stats: {},
});
