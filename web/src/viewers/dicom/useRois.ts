import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { saveBlob } from "@/api/download";
import { commit, EMPTY, type History, load, redo, undo, unload } from "../rois/history";
import { Kept } from "../rois/kept";
import type { Point, Roi, RoiRef } from "../rois/roi";
import type { ExportForm, RoiStore } from "../rois/store";
import { Keeper, type Saving } from "../side/keeper";
import { useKeeping } from "../side/useKeeping";
import { Board } from "./board";
import type { Hung } from "./hung";
import type { Pane } from "./pane";
import { volumeIdOf } from "./volume";

const SAVE_AFTER_MS = 800;

/** The regions of the open series: drawn, listed, loaded, saved as they change, undone. */
export function useRois(hung: (Hung | null)[], panes: Pane[], store: RoiStore) {
  const [history, setHistory] = useState<History>(EMPTY);
  const [saving, setSaving] = useState<Saving>("saved");
  /** What is drawn by now, also before the page shows it. */
  const latest = useRef(EMPTY);
  const kept = useMemo(() => new Kept(), []);
  const keeper = useMemo(() => {
    const write = async () => {
      for (const [file, rois] of kept.missing(latest.current.present)) {
        const [fileId = "", version] = file.split(":");
        await store.save(fileId, Number(version), rois);
        kept.is(file, rois, true);
      }
    };
    return new Keeper(write, SAVE_AFTER_MS, setSaving);
  }, [store, kept]);
  const update = useCallback(
    (next: (old: History) => History) => {
      latest.current = next(latest.current);
      setHistory(latest.current);
      if (kept.missing(latest.current.present).length > 0) keeper.later();
    },
    [kept, keeper],
  );
  const board = useMemo(() => {
    const made: Board = new Board((drawn) =>
      update((old) => commit(old, [...drawn, ...old.present.filter((roi) => !made.holds(roi))])),
    );
    return made;
  }, [update]);
  const again = useKeeping(keeper, saving, board.settle);
  useEffect(() => board.open(), [board]);

  const asked = useRef(new Set<string>());
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
      if (asked.current.has(key)) continue;
      asked.current.add(key);
      store
        .load(one.fileId, one.version)
        .then((rois) => {
          // Only now may it be written: what is there is never replaced unseen.
          kept.is(
            key,
            rois.filter((roi) => roi.by === undefined),
            false,
          );
          update((old) => load(old, rois));
        })
        .catch((problem: Error) => setSaving(problem));
    }
  }, [hung, board, store, kept, update]);

  const { present } = history;
  useEffect(() => {
    board.show(present);
    for (const pane of panes) pane.redraw();
  }, [board, present, panes]);

  /** Make what is drafted a version that others may see. */
  const publish = useCallback(async () => {
    board.settle();
    await keeper.after(async () => {
      await store.publish();
      kept.published();
    });
  }, [board, keeper, kept, store]);
  /** Let the browser save one's own on a series in another program's form. */
  const exportAs = useCallback(
    async (series: Hung, form: ExportForm, name: string) => {
      board.settle();
      await keeper.after(async () =>
        saveBlob(await store.exported(series.fileId, series.version, form), name),
      );
    },
    [board, keeper, store],
  );
  const change = useCallback(
    (id: string, part: Partial<Pick<Roi, "label" | "comment">>) => {
      const changed = (roi: Roi) => (roi.id === id ? { ...roi, ...part } : roi);
      update((old) => commit(old, old.present.map(changed)));
    },
    [update],
  );
  const remove = useCallback(
    (id: string) =>
      update((old) =>
        commit(
          old,
          old.present.filter((roi) => roi.id !== id),
        ),
      ),
    [update],
  );
  /** Mark an image as a key image, or take the mark away. */
  const toggleKey = useCallback(
    (pane: Pane) => {
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
      update((old) => {
        const others = old.present.filter(
          (roi) => !(roi.tool === "key" && JSON.stringify(roi.ref) === JSON.stringify(ref)),
        );
        const marked = others.length < old.present.length;
        const position = [...(image.plane?.position ?? [0, 0, 0])] as Point;
        return commit(old, marked ? others : [...others, keyImage(ref, position)]);
      });
    },
    [update],
  );
  return {
    rois: present,
    saving,
    publish,
    again,
    mayUndo: history.past.length > 0,
    mayRedo: history.future.length > 0,
    undo: useCallback(() => update(undo), [update]),
    redo: useCallback(() => update(redo), [update]),
    change,
    remove,
    toggleKey,
    exportAs,
    bring: useCallback((rois: Roi[]) => update((old) => load(old, rois)), [update]),
    takeAway: useCallback((source: string) => update((old) => unload(old, source)), [update]),
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
