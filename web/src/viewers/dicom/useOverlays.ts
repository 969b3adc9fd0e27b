import { useCallback, useEffect, useRef, useState } from "react";
import type { Segment } from "../labels/segment";
import type { OverlayObject, OverlayStore } from "../overlays/store";
import type { Roi } from "../rois/roi";
import type { Hung } from "./hung";
import { Labelmap } from "./labelmap";
import type { Pane } from "./pane";
import { useShowing } from "./useShowing";

interface Layer {
  labelmap: Labelmap;
  segments: Segment[];
}

const NOTHING: ReadonlyMap<string, Layer | null> = new Map();

interface Regions {
  bring: (rois: Roi[]) => void;
  takeAway: (source: string) => void;
}

/** Objects that lie beside the chosen series: which there are, and those shown over it. */
export function useOverlays(series: Hung | null, panes: Pane[], store: OverlayStore, regions: Regions) {
  const { bring, takeAway } = regions;
  const [objects, setObjects] = useState<OverlayObject[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  /** What is laid over the series, by object: a layer of labels, or null for regions. */
  const [shown, setShown] = useState<ReadonlyMap<string, Layer | null>>(NOTHING);
  const held = useRef(shown);
  const keep = useCallback((next: ReadonlyMap<string, Layer | null>) => {
    held.current = next;
    setShown(next);
  }, []);
  const remove = useCallback(
    (sopUid: string) => {
      held.current.get(sopUid)?.labelmap.close();
      takeAway(sopUid);
      keep(new Map([...held.current].filter(([one]) => one !== sopUid)));
    },
    [keep, takeAway],
  );

  useEffect(() => {
    setObjects([]);
    setProblem(null);
    if (!series) return undefined;
    let left = false;
    store
      .list(series.fileId, series.version)
      .then((found) => !left && setObjects(found))
      .catch((error: Error) => !left && setProblem(error.message));
    return () => {
      left = true;
      for (const sopUid of held.current.keys()) remove(sopUid);
    };
  }, [series, store, remove]);

  const showing = useShowing(panes, series);
  useEffect(() => {
    for (const layer of shown.values()) layer?.labelmap.show(showing, layer.segments, null);
  }, [shown, showing]);

  const toggle = useCallback(
    async (object: OverlayObject) => {
      if (!series) return;
      const { sopUid } = object;
      const { fileId, version } = series;
      setProblem(null);
      if (held.current.has(sopUid)) {
        remove(sopUid);
        return;
      }
      keep(new Map([...held.current, [sopUid, null]]));
      try {
        if (object.kind === "seg") {
          const { segments, volume } = await store.labels(fileId, version, object);
          const labelmap = await Labelmap.over(series, volume, () => {}, sopUid);
          // It may have been taken away, or the series left, meanwhile.
          if (held.current.has(sopUid)) keep(new Map([...held.current, [sopUid, { labelmap, segments }]]));
          else labelmap.close();
        } else {
          const rois = await store.regions(fileId, version, object);
          if (held.current.has(sopUid)) bring(rois);
        }
      } catch (error) {
        remove(sopUid);
        setProblem((error as Error).message);
      }
    },
    [series, store, bring, remove, keep],
  );
  return { objects, shown, toggle, problem };
}
