import { useState } from "react";
import { t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import type { PreviewProps } from "./content";
import classes from "./Preview.module.css";

/** A video with the browser's own controls. */
export function VideoView({ file }: PreviewProps) {
  const [failed, setFailed] = useState(false);
  if (failed) {
    return (
      <Message title={t("This browser cannot play the video")} alert>
        {t("Its codec is not known here. Download the file to play it.")}
      </Message>
    );
  }
  return (
    <div className={classes.stage}>
      {/* biome-ignore lint/a11y/useMediaCaption: recordings of scans have no captions */}
      <video controls src={file.url} aria-label={file.name} onError={() => setFailed(true)} />
    </div>
  );
}
