import { cache } from "@cornerstonejs/core";
import { prefetchPart10Instance } from "@cornerstonejs/dicom-image-loader";
import type { Hung } from "./hung";
import type { StackImage } from "./stack";

// What one answer brings: few requests for many images, but the next ones soon.
const MOST_IMAGES = 16;
const MOST_BYTES = 4_000_000;

/** The places of a stack in blocks that are fetched together; the frames of an instance are one block. */
export function blocksOf(images: StackImage[]): number[][] {
  const blocks: number[][] = [];
  let bytes = 0;
  for (const [at, { sopUid, frame, size }] of images.entries()) {
    const block = blocks.at(-1);
    const before = images[at - 1];
    const sibling = frame !== null && before?.sopUid === sopUid;
    const fits =
      frame === null &&
      before?.frame === null &&
      (block?.length ?? 0) < MOST_IMAGES &&
      bytes + size <= MOST_BYTES;
    if (block && (sibling || fits)) block.push(at);
    else blocks.push([at]);
    bytes = sibling || fits ? bytes + size : size;
  }
  return blocks;
}

/** Fetch the instances of these images in one answer, for the loader to find. */
export async function fetchBundle({ bundle }: Hung, images: StackImage[]): Promise<void> {
  const wanted = images.filter(({ imageId, frame }) => frame === null && !cache.getImageLoadObject(imageId));
  if (wanted.length < 2) return;
  const response = await fetch(bundle(wanted.map(({ sopUid }) => sopUid)));
  const bytes = response.ok ? await response.arrayBuffer() : new ArrayBuffer(0);
  // Anything else is a fault that the images tell when they are fetched one by one.
  if (bytes.byteLength !== wanted.reduce((sum, { size }) => sum + size, 0)) return;
  let start = 0;
  for (const { imageId, size } of wanted) {
    await prefetchPart10Instance(imageId, bytes.slice(start, start + size));
    start += size;
  }
}
