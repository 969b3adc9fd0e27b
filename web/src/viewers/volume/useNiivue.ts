import { Niivue, SHOW_RENDER, SLICE_TYPE } from "@niivue/niivue";
import { useEffect, useRef, useState } from "react";
import { t } from "@/i18n/text";
import type { Shown } from "../preview/content";

const SLICES = {
  multiplanar: SLICE_TYPE.MULTIPLANAR,
  axial: SLICE_TYPE.AXIAL,
  coronal: SLICE_TYPE.CORONAL,
  sagittal: SLICE_TYPE.SAGITTAL,
  render: SLICE_TYPE.RENDER,
} as const;
export type Slices = keyof typeof SLICES;

export interface Layer {
  file: Shown;
  colormap: string;
  opacity: number;
}

export interface VolumeState {
  ready: boolean;
  frames: number;
  colormaps: string[];
  /** Where the cross is, and the value there. */
  location: string;
  error: string | null;
  /** How drawing stands: the browser may offer none, or take it away. */
  drawing: "possible" | "missing" | "lost";
}

const FRESH: VolumeState = {
  ready: false,
  frames: 1,
  colormaps: [],
  location: "",
  error: null,
  drawing: "possible",
};

const asText = (problem: unknown) =>
  problem instanceof Error ? problem.message : t("The volume could not be read.");

/** A volume with overlays in one canvas; the layers after the first lie over it.
 *
 * A canvas whose graphics context was lost is of no use any more: another is wanted when the context is restored. */
export function useNiivue(
  canvas: HTMLCanvasElement | null,
  layers: Layer[],
  slices: Slices,
  frame: number,
  onRestored: () => void,
): VolumeState {
  const shown = useRef<Niivue | null>(null);
  const [state, setState] = useState<VolumeState>(FRESH);
  const base = layers[0]?.file;
  const wanted = layers.map((layer) => layer.file.url).join("\n");
  const latest = useRef(layers);
  latest.current = layers;

  useEffect(() => {
    if (!canvas || !base) return undefined;
    const view = new Niivue({
      backColor: [0, 0, 0, 1],
      crosshairColor: [0.64, 0.69, 0.97, 1],
      dragAndDropEnabled: false,
      logLevel: "silent",
      loadingText: "",
      multiplanarShowRender: SHOW_RENDER.AUTO,
      isColorbar: true,
    });
    const merge = (part: Partial<VolumeState>) =>
      setState((old) => (shown.current === view ? { ...old, ...part } : old));
    view.onLocationChange = (location) => merge({ location: (location as { string?: string }).string ?? "" });
    shown.current = view;
    setState(FRESH);
    const open = async () => {
      await view.attachToCanvas(canvas);
      await view.loadVolumes([{ url: base.url, name: base.name }]);
      merge({ ready: true, frames: view.volumes[0]?.nFrame4D ?? 1, colormaps: view.colormaps() });
    };
    open().catch((problem: unknown) =>
      merge(canvas.getContext("webgl2") ? { error: asText(problem) } : { drawing: "missing" }),
    );
    const lose = (event: Event) => {
      // Else it never comes back.
      event.preventDefault();
      merge({ ready: false, drawing: "lost" });
    };
    canvas.addEventListener("webglcontextlost", lose);
    canvas.addEventListener("webglcontextrestored", onRestored);
    return () => {
      canvas.removeEventListener("webglcontextlost", lose);
      canvas.removeEventListener("webglcontextrestored", onRestored);
      shown.current = null;
      view.cleanup();
    };
  }, [base, canvas, onRestored]);

  useEffect(() => {
    const view = shown.current;
    if (!state.ready || !view) return;
    const change = async () => {
      const urls = wanted.split("\n");
      for (const volume of view.volumes.slice(1)) {
        if (!urls.includes(volume.url ?? "")) view.removeVolume(volume);
      }
      for (const { file, colormap, opacity } of latest.current.slice(1)) {
        if (view.volumes.some((volume) => volume.url === file.url)) continue;
        await view.addVolumeFromUrl({ url: file.url, name: file.name, colormap, opacity });
      }
    };
    change().catch((problem: unknown) => setState((old) => ({ ...old, error: asText(problem) })));
  }, [state.ready, wanted]);

  useEffect(() => {
    const view = shown.current;
    if (!state.ready || !view) return;
    for (const { file, colormap, opacity } of layers) {
      const at = view.volumes.findIndex((volume) => volume.url === file.url);
      const volume = view.volumes[at];
      if (!volume) continue;
      if (volume.colormap !== colormap) view.setColormap(volume.id, colormap);
      if (volume.opacity !== opacity) view.setOpacity(at, opacity);
    }
  }, [state.ready, layers]);

  useEffect(() => {
    if (state.ready) shown.current?.setSliceType(SLICES[slices]);
  }, [state.ready, slices]);

  useEffect(() => {
    const volume = shown.current?.volumes[0];
    if (state.ready && volume && volume.frame4D !== frame) shown.current?.setFrame4D(volume.id, frame);
  }, [state.ready, frame]);

  return state;
}
