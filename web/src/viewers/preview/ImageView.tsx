import { Button } from "@mantine/core";
import { useState } from "react";
import { t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import type { PreviewProps } from "./content";
import classes from "./Preview.module.css";

const STEPS = [0.25, 0.5, 1, 2, 4, 8];

/** A picture, fitted or magnified. */
export function ImageView({ file }: PreviewProps) {
  const [zoom, setZoom] = useState<number | null>(null);
  const [width, setWidth] = useState(0);
  const [failed, setFailed] = useState(false);
  const next = (by: 1 | -1) => {
    const at = STEPS.indexOf(zoom ?? 1) + by;
    setZoom(STEPS[Math.min(Math.max(at, 0), STEPS.length - 1)] ?? 1);
  };
  if (failed) return <Message title={t("This picture cannot be shown")} alert />;
  const size = zoom === null ? { maxWidth: "100%", maxHeight: "100%" } : { width: width * zoom };
  return (
    <>
      <div className={classes.bar} role="toolbar" aria-label={t("Picture")}>
        <Button size="xs" variant="default" onClick={() => next(-1)}>
          {t("Smaller")}
        </Button>
        <Button size="xs" variant="default" onClick={() => next(1)}>
          {t("Larger")}
        </Button>
        <Button size="xs" variant="default" onClick={() => setZoom(null)} disabled={zoom === null}>
          {t("Fit")}
        </Button>
        <span className="dim">{zoom === null ? t("fitted") : `${zoom * 100} %`}</span>
      </div>
      <div className={classes.stage}>
        <img
          src={file.url}
          alt={file.name}
          style={size}
          onLoad={(event) => setWidth(event.currentTarget.naturalWidth)}
          onError={() => setFailed(true)}
        />
      </div>
    </>
  );
}
