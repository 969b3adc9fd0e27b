import type { RoiStore } from "@/viewers/rois/store";

/** Regions that last as long as the page does. */
export const unkept: RoiStore = {
  load: async () => [],
  save: async () => {},
  publish: async () => {},
  told: () => ({ words: "Not kept: export before you leave", draft: false }),
};
