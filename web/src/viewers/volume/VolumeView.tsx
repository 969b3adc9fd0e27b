import { Select, Slider } from "@mantine/core";
import { useReducer, useState } from "react";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { LostGraphics } from "../graphics/LostGraphics";
import type { PreviewProps } from "../preview/content";
import preview from "../preview/Preview.module.css";
import { LayerMenu } from "./LayerMenu";
import { type Layer, type Slices, useNiivue } from "./useNiivue";
import classes from "./VolumeView.module.css";

const WORDS: Record<Slices, string> = {
  multiplanar: t("multiplanar"),
  axial: t("axial"),
  coronal: t("coronal"),
  sagittal: t("sagittal"),
  render: t("render"),
};
const VIEWS = Object.entries(WORDS).map(([value, words]) => ({
  value,
  label: words.charAt(0).toUpperCase() + words.slice(1),
}));

/** A volume in three planes and rendered, with others over it. */
export function VolumeView({ file, others }: PreviewProps) {
  const [layers, setLayers] = useState<Layer[]>([{ file, colormap: "gray", opacity: 1 }]);
  const [slices, setSlices] = useState<Slices>("multiplanar");
  const [frame, setFrame] = useState(0);
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [times, renew] = useReducer((count: number) => count + 1, 0);
  const state = useNiivue(canvas, layers, slices, frame, renew);
  return (
    <>
      <div className={preview.bar} role="toolbar" aria-label={t("Volume")}>
        <Select
          size="xs"
          w={130}
          aria-label={t("Planes")}
          data={VIEWS}
          value={slices}
          allowDeselect={false}
          onChange={(value) => setSlices((value ?? "multiplanar") as Slices)}
        />
        <LayerMenu layers={layers} others={others} colormaps={state.colormaps} onChange={setLayers} />
        {state.frames > 1 ? (
          <Slider
            w={200}
            size="sm"
            min={0}
            max={state.frames - 1}
            value={frame}
            label={(value) => t("Time {number} of {total}", { number: value + 1, total: state.frames })}
            thumbLabel={t("Time")}
            onChange={setFrame}
          />
        ) : null}
        <output className={`mono ${classes.location}`} aria-label={t("Position and value")}>
          {state.location}
        </output>
      </div>
      <div className={classes.stage}>
        <canvas
          key={times}
          ref={setCanvas}
          role="img"
          aria-label={`${file.name}, ${WORDS[slices]}`}
          data-testid="volume"
          data-ready={state.ready || undefined}
        />
        <span className={classes.note}>{t("Not for diagnostic use")}</span>
        {state.error !== null ? (
          <div className={classes.over}>
            <Message title={t("This volume cannot be shown")} alert>
              {state.error}
            </Message>
          </div>
        ) : null}
        {state.drawing === "missing" ? (
          <div className={classes.over}>
            <Message title={t("This browser cannot draw volumes")} alert>
              {t(
                "They need WebGL 2. Turn on hardware acceleration in the browser's settings, take another browser, or download the file for a viewer on your computer.",
              )}
            </Message>
          </div>
        ) : null}
        {state.drawing === "lost" ? <LostGraphics onReload={renew} /> : null}
        {!state.ready && state.error === null && state.drawing === "possible" ? (
          <div className={classes.over}>
            <Loading label={t("Loading the volume")} />
          </div>
        ) : null}
      </div>
    </>
  );
}
