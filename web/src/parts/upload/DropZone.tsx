import { type DragEvent, type ReactNode, useState } from "react";
import { t } from "@/i18n/text";
import { droppedFiles } from "./dropped";
import { sendFiles, type Target } from "./queue";
import classes from "./Upload.module.css";

/** Files and folders dropped here go to the container; nothing changes without a target. */
export function DropZone({ target, children }: { target: Target | null; children: ReactNode }) {
  const [over, setOver] = useState(false);
  if (!target) return children;
  const holdsFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way of two, the button beside it the other
    <div
      className={classes.zone}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(false);
        void droppedFiles(event.dataTransfer.items).then((found) => sendFiles(target, found));
      }}
    >
      {children}
      {over ? (
        <div className={classes.over}>{t("Drop to upload to {label}", { label: target.label })}</div>
      ) : null}
    </div>
  );
}
