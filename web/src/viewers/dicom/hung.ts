import type { StackImage } from "./stack";

/** A series as it is put into a pane. */
export interface Hung {
  fileId: string;
  version: number;
  label: string;
  modality: string | null;
  images: StackImage[];
}

/** The number of the image that a series is shown from. */
export const middle = ({ images }: Hung) => Math.floor((images.length - 1) / 2);
