import { cache, imageLoader, volumeLoader } from "@cornerstonejs/core";
import type { Hung } from "./hung";

const SCHEME = "cornerstoneStreamingImageVolume";
const PARALLEL = 6;
const loading = new Map<string, Promise<void>>();

export const volumeIdOf = ({ fileId, version }: Hung) => `${SCHEME}:${fileId}:${version}`;

/** The volume of a series; its images are loaded once, whoever asks. */
export async function loadVolume(hung: Hung, onLoaded: (number: number) => void): Promise<string> {
  const volumeId = volumeIdOf(hung);
  const imageIds = hung.images.map((image) => image.imageId);
  let started = loading.get(volumeId);
  if (!started) {
    started = make(volumeId, imageIds, onLoaded).finally(() => loading.delete(volumeId));
    loading.set(volumeId, started);
  }
  await started;
  onLoaded(imageIds.length);
  return volumeId;
}

async function make(volumeId: string, imageIds: string[], onLoaded: (number: number) => void): Promise<void> {
  if (cache.getVolume(volumeId)) return;
  // Where its planes lie is known from the images alone, so these come first.
  await loadImages(imageIds, onLoaded);
  const volume = await volumeLoader.createAndCacheVolume(volumeId, { imageIds });
  (volume as { load?: () => void }).load?.();
}

/** Load images, those that are there already not again. */
export async function loadImages(imageIds: string[], onLoaded?: (number: number) => void): Promise<void> {
  const waiting = [...imageIds];
  let loaded = 0;
  const lane = async () => {
    for (let imageId = waiting.shift(); imageId !== undefined; imageId = waiting.shift()) {
      await imageLoader.loadAndCacheImage(imageId);
      onLoaded?.(++loaded);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}
