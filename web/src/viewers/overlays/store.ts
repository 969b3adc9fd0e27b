import { t } from "@/i18n/text";
import type { Segment } from "../labels/segment";
import type { Roi } from "../rois/roi";

/** A report, segmentation or structure set that lies beside a series. */
export interface OverlayObject {
  sopUid: string;
  kind: "sr" | "seg" | "rtstruct";
  name: string;
}

export const KIND_WORDS: Record<OverlayObject["kind"], string> = {
  sr: t("Report"),
  seg: t("Segmentation"),
  rtstruct: t("Structure set"),
};

/** What the server reads out of such objects. */
export interface OverlayStore {
  list: (fileId: string, version: number) => Promise<OverlayObject[]>;
  /** Its regions, which nobody here may change. */
  regions: (fileId: string, version: number, object: OverlayObject) => Promise<Roi[]>;
  /** Its labels, with their volume. */
  labels: (
    fileId: string,
    version: number,
    object: OverlayObject,
  ) => Promise<{ segments: Segment[]; volume: Blob }>;
}
