import type { StackImage } from "./stack";

/** A series as it is put into a pane. */
export interface Hung {
  fileId: string;
  version: number;
  label: string;
  modality: string | null;
  images: StackImage[];
}
