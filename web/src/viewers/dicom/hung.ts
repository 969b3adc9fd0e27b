import type { StackImage } from "./stack";

/** A series as it is put into a pane. */
export interface Hung {
  fileId: string;
  version: number;
  label: string;
  modality: string | null;
  images: StackImage[];
  /** Where several of its instances come in one answer. */
  bundle: (sopUids: string[]) => string;
}

/** The number of the image that a series is shown from. */
export const middle = ({ images }: Pick<Hung, "images">) => Math.floor((images.length - 1) / 2);
