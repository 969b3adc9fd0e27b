import { Enums, metaData, type StackViewport } from "@cornerstonejs/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { openEngine, startEngine, type ToolName } from "./engine";
import { prefetch } from "./prefetch";
import { type Edges, edgeLetters } from "./stack";

const VIEWPORT = "main";

export interface StackState {
  ready: boolean;
  index: number;
  loaded: number;
  window: { center: number; width: number } | null;
  zoom: number;
  invert: boolean;
  edges: Edges | null;
  error: string | null;
}

const FRESH: StackState = {
  ready: false,
  index: 0,
  loaded: 0,
  window: null,
  zoom: 1,
  invert: false,
  edges: null,
  error: null,
};

const asText = (problem: unknown): string => {
  const inner = (problem as { error?: unknown } | null)?.error ?? problem;
  return inner instanceof Error ? inner.message : "The image could not be read.";
};

function readState(viewport: StackViewport): Partial<StackState> {
  const { voiRange, invert } = viewport.getProperties();
  const plane = metaData.get("imagePlaneModule", viewport.getCurrentImageId());
  return {
    index: viewport.getCurrentImageIdIndex(),
    window: voiRange
      ? { center: (voiRange.upper + voiRange.lower) / 2, width: voiRange.upper - voiRange.lower }
      : null,
    zoom: viewport.getZoom(),
    invert: invert ?? false,
    edges:
      plane?.rowCosines && plane.columnCosines && !plane.isDefaultValueSetForRowCosine
        ? edgeLetters(plane.rowCosines, plane.columnCosines)
        : null,
  };
}

/** One stack in one element: what is shown now, and what can be done with it. */
export function useStack(imageIds: string[], tool: ToolName) {
  const element = useRef<HTMLDivElement>(null);
  const opened = useRef<{ viewport: StackViewport; choose: (tool: ToolName) => void } | null>(null);
  const [alive, setAlive] = useState(false);
  const [state, setState] = useState<StackState>(FRESH);
  const merge = useCallback((part: Partial<StackState>) => setState((old) => ({ ...old, ...part })), []);

  useEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    let close = () => {};
    let gone = false;
    const read = () => opened.current && merge(readState(opened.current.viewport));
    const events = [Enums.Events.STACK_NEW_IMAGE, Enums.Events.VOI_MODIFIED, Enums.Events.CAMERA_MODIFIED];
    const open = async () => {
      await startEngine();
      if (gone) return;
      const { engine, choose, close: closeEngine } = openEngine(VIEWPORT);
      engine.enableElement({ viewportId: VIEWPORT, element: box, type: Enums.ViewportType.STACK });
      opened.current = { viewport: engine.getViewport(VIEWPORT) as StackViewport, choose };
      for (const event of events) box.addEventListener(event, read);
      const sizes = new ResizeObserver(() => engine.resize(true, true));
      sizes.observe(box);
      close = () => {
        sizes.disconnect();
        for (const event of events) box.removeEventListener(event, read);
        opened.current = null;
        closeEngine();
      };
      setAlive(true);
    };
    open().catch((problem: unknown) => merge({ error: asText(problem) }));
    return () => {
      gone = true;
      setAlive(false);
      close();
    };
  }, [merge]);

  useEffect(() => {
    if (!alive || imageIds.length === 0) return undefined;
    const { viewport } = opened.current ?? {};
    if (!viewport) return undefined;
    let stop = () => {};
    let gone = false;
    setState(FRESH);
    const show = async () => {
      const middle = Math.floor((imageIds.length - 1) / 2);
      await viewport.setStack(imageIds, middle);
      if (gone) return;
      viewport.resetCamera();
      viewport.render();
      merge({ ready: true, ...readState(viewport) });
      stop = prefetch(imageIds, middle, (loaded) => merge({ loaded }));
    };
    show().catch((problem: unknown) => {
      if (!gone) merge({ error: asText(problem) });
    });
    return () => {
      gone = true;
      stop();
    };
  }, [alive, imageIds, merge]);

  useEffect(() => {
    if (alive) opened.current?.choose(tool);
  }, [alive, tool]);

  const act = useCallback(
    (change: (viewport: StackViewport) => void) => {
      const viewport = opened.current?.viewport;
      if (!viewport?.getCurrentImageId()) return;
      change(viewport);
      viewport.render();
      merge(readState(viewport));
    },
    [merge],
  );
  return { element, state, act };
}
