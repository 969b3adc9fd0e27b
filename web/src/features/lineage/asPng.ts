import { t } from "@/i18n/text";
import type { Drawing } from "./drawing";

const SHARP = 2; // dots for each unit of the drawing
// What the canvases of all browsers hold.
const MOST = { side: 16_384, area: 64_000_000 };

/** The drawing as dots; a large one in fewer for each unit. */
export async function asPng({ svg, width, height }: Drawing): Promise<Blob> {
  const scale = Math.min(SHARP, MOST.side / Math.max(width, height), Math.sqrt(MOST.area / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(width * scale);
  canvas.height = Math.floor(height * scale);
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  } finally {
    URL.revokeObjectURL(url);
  }
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!made) throw new Error(t("This browser cannot make so large a picture. Take SVG."));
  return made;
}
