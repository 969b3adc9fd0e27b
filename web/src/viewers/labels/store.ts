import type { Segment, Segmentation } from "./segment";

/** A label with how much of it there is. */
export interface MeasuredSegment extends Segment {
  volume_mm3: number;
}

/** Where one's own segmentation of a file version is kept. */
export interface LabelStore {
  load: (fileId: string, version: number) => Promise<Segmentation>;
  /** Keep it as a draft. */
  save: (fileId: string, version: number, segments: MeasuredSegment[], volume: Blob) => Promise<void>;
  /** Make the draft a version that others may see. */
  publish: (fileId: string, version: number) => Promise<void>;
  exported: (fileId: string, version: number, form: "seg" | "nifti") => Promise<Blob>;
  isDraft: (fileId: string, version: number) => boolean;
}
