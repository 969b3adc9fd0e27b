import type { Roi } from "./roi";

/** The forms that the server writes from regions and pixels. */
export type ExportForm = "sr" | "seg" | "nifti" | "coco";

/** Where regions are kept, by the file version that they are drawn on. */
export interface RoiStore {
  /** One's own and, with the right to see them, others'. */
  load: (fileId: string, version: number) => Promise<Roi[]>;
  /** Keep one's own as a draft. */
  save: (fileId: string, version: number, rois: Roi[]) => Promise<void>;
  /** Make the drafts versions that others may see. */
  publish: () => Promise<void>;
  /** One's own in another program's form. */
  exported: (fileId: string, version: number, form: ExportForm) => Promise<Blob>;
  /** What is kept where, for people. */
  told: () => { words: string; draft: boolean };
}
