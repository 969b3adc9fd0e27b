import type { ReactNode } from "react";
import { figure, t } from "@/i18n/text";
import { ago, bytes } from "@/ui/format";
import classes from "./DeviceTiles.module.css";
import type { DeviceDoc } from "./devices";
import { duration, type Figures, infoOf, percent } from "./figures";

interface Tile {
  words: string;
  value: ReactNode;
  about?: ReactNode;
  bad?: boolean;
}

/** The first look at a connector: is it there, does it get rid of what it takes in, how well and how fast. */
export function DeviceTiles({ device, all }: { device: DeviceDoc; all: Figures | null }) {
  const info = infoOf(device);
  const held = info.series?.held ?? 0;
  const day = all?.["24h"];
  const week = all?.["7d"];
  const visible = day?.seconds_to_visible ?? week?.seconds_to_visible;
  const tiles: Tile[] = [
    {
      words: t("Last seen"),
      value: device.last_seen ? ago(device.last_seen) : t("never"),
      about: device.version ? t("release {version}", { version: device.version }) : null,
    },
    {
      words: t("Waiting to be sent"),
      value: figure(info.unsent ?? info.queue ?? 0),
      about:
        info.spool_bytes === undefined ? null : t("{size} in the spool", { size: bytes(info.spool_bytes) }),
    },
    {
      words: t("Held back"),
      value: figure(held),
      about: held > 0 ? t("see below") : t("nothing"),
      bad: held > 0,
    },
    {
      words: t("Uploaded, 24 hours"),
      value: percent(day?.success_final),
      about:
        day?.success_final == null
          ? t("nothing came")
          : t("{share} at the first try", { share: percent(day.success_first_try) }),
      bad: (day?.success_final ?? 1) < 1,
    },
    {
      words: t("Uploaded, 7 days"),
      value: percent(week?.success_final),
      about:
        week?.success_final == null
          ? t("nothing came")
          : t("{share} at the first try", { share: percent(week.success_first_try) }),
    },
    {
      words: t("Last image to visible"),
      value: visible ? duration(visible.mean) : "–",
      about: t("on average"),
    },
  ];
  return (
    <dl className={classes.tiles}>
      {tiles.map((tile) => (
        <div key={tile.words} className={`panel ${classes.tile}`} data-bad={tile.bad || undefined}>
          <dt>{tile.words}</dt>
          <dd className={classes.value}>{tile.value}</dd>
          {tile.about ? <dd className={classes.about}>{tile.about}</dd> : null}
        </div>
      ))}
    </dl>
  );
}
