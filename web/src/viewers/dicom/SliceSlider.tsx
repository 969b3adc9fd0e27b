import { t } from "@/i18n/text";
import classes from "./SliceSlider.module.css";

interface SliceSliderProps {
  index: number;
  total: number;
  loaded: number;
  onChange: (index: number) => void;
}

/** Where in the stack; the track fills while images arrive. */
export function SliceSlider({ index, total, loaded, onChange }: SliceSliderProps) {
  return (
    <div className={classes.slider}>
      <div className={classes.loaded} style={{ height: `${(loaded / total) * 100}%` }} />
      <input
        type="range"
        min={0}
        max={total - 1}
        step={1}
        value={index}
        aria-label={t("Image in the stack")}
        aria-valuetext={t("{index} of {total}", { index: index + 1, total })}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
    </div>
  );
}
