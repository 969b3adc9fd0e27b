import { Select, Slider } from "@mantine/core";
import { useState } from "react";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
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
  const { canvas, state } = useNiivue(layers, slices, frame);
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
          ref={canvas}
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
        {!state.ready && state.error === null ? (
          <div className={classes.over}>
            <Loading label={t("Loading the volume")} />
          </div>
        ) : null}
      </div>
    </>
  );
}
