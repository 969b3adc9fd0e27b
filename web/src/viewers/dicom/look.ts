import { type DataSet, parseDicom } from "dicom-parser";
import type { StackImage } from "./stack";

const UNCOMPRESSED = new Set(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]);
const GREY = new Set(["MONOCHROME1", "MONOCHROME2"]);
const KEPT = 16;

const asked = new Map<string, Promise<void>>();
/** Addresses of pictures in memory, by that of the image. */
const painted = new Map<string, string | null>();

/** Shown by uptake, which takes more than the header of one image. */
const PET = "1.2.840.10008.5.1.4.1.1.128";

/** Where the server decodes and windows the image. */
const pictureOf = (address: string) => address.replace(/(?=\?|$)/, "/picture");

/**
 * What can be looked at before the drawing library is there: the image itself where it can be painted here, else its
 * picture. Frames come with all others of their instance, and have windows of their own.
 */
export function lookAddress(image: StackImage | undefined): string | null {
  if (!image || image.frame !== null || image.sopClass === PET) return null;
  const address = image.imageId.replace(/^wadouri:/, "");
  return image.syntax === null || UNCOMPRESSED.has(image.syntax) ? address : pictureOf(address);
}

/** What is known of an image: undefined before it was looked at, null where that is for the drawing library. */
export const known = (address: string): string | null | undefined => painted.get(address);

/** Paint an image, or have it painted, while megabytes of the drawing library and its graphics context are on their way. */
export function lookAt(address: string): Promise<void> {
  const found = asked.get(address);
  if (found) return found;
  for (const oldest of [...asked.keys()].slice(0, Math.max(asked.size - KEPT, 0))) {
    URL.revokeObjectURL(painted.get(oldest) ?? "");
    asked.delete(oldest);
    painted.delete(oldest);
  }
  const asking = look(address)
    .catch(() => null)
    .then((picture) => void painted.set(address, picture));
  asked.set(address, asking);
  return asking;
}

async function look(address: string): Promise<string | null> {
  const response = await fetch(address, { priority: "high" });
  if (!response.ok) return null;
  if (response.headers.get("Content-Type") === "image/png") return URL.createObjectURL(await response.blob());
  const picture = paint(new Uint8Array(await response.arrayBuffer()));
  if (!picture) return look(pictureOf(address));
  const { shades, rows, columns, aspect } = picture;
  const resizeHeight = Math.max(1, Math.round(rows * aspect));
  const bitmap = await createImageBitmap(new ImageData(shades, columns), {
    resizeWidth: columns,
    resizeHeight,
  });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
  return URL.createObjectURL(await canvas.convertToBlob());
}

interface Picture {
  /** Red, green, blue and opacity of each pixel. */
  shades: Uint8ClampedArray<ArrayBuffer>;
  rows: number;
  columns: number;
  /** How high a pixel is for its width. */
  aspect: number;
}

/** The picture of an instance in shades of grey, windowed as the drawing library does it. */
export function paint(bytes: Uint8Array): Picture | null {
  const header = parseDicom(bytes);
  const values = isPlain(header) ? valuesOf(header) : null;
  if (!values) return null;
  const [least, greatest] = windowOf(header, values);
  const scale = 255 / Math.max(greatest - least, Number.EPSILON);
  const flip = header.string("x00280004") === "MONOCHROME1" ? 255 : 0;
  const shades = new Uint8ClampedArray(values.length * 4).fill(255);
  for (const [at, value] of values.entries()) {
    shades[at * 4] = (value - least) * scale;
    const grey = flip ^ (shades[at * 4] ?? 0);
    shades[at * 4] = shades[at * 4 + 1] = shades[at * 4 + 2] = grey;
  }
  const [down = 1, across = 1] = [0, 1].map((index) => header.floatString("x00280030", index));
  return { shades, ...sizeOf(header), aspect: down / across };
}

const sizeOf = (header: DataSet) => ({
  rows: header.uint16("x00280010") ?? 0,
  columns: header.uint16("x00280011") ?? 0,
});

/** Whether a window is all that makes shades of the values. */
function isPlain(header: DataSet): boolean {
  const { elements } = header;
  const stored = header.uint16("x00280101") ?? 0;
  return (
    UNCOMPRESSED.has(header.string("x00020010") ?? "") &&
    GREY.has(header.string("x00280004") ?? "") &&
    header.uint16("x00280002") === 1 &&
    [8, 16].includes(header.uint16("x00280100") ?? 0) &&
    header.uint16("x00280102") === stored - 1 &&
    (header.intString("x00280008") ?? 1) === 1 &&
    !elements.x00283000 &&
    !elements.x00283010 &&
    (header.string("x00281056") ?? "LINEAR") === "LINEAR"
  );
}

/** What the pixels measure: stored values, sign and all, by slope and intercept. */
function valuesOf(header: DataSet): Float32Array | null {
  const element = header.elements.x7fe00010;
  const { rows, columns } = sizeOf(header);
  const bytes = (header.uint16("x00280100") ?? 0) / 8;
  if (!element || rows * columns === 0 || element.length < rows * columns * bytes) return null;
  const view = new DataView(header.byteArray.buffer, header.byteArray.byteOffset + element.dataOffset);
  const unused = header.uint16("x00280103") === 1 ? 32 - (header.uint16("x00280101") ?? 0) : 0;
  const slope = header.floatString("x00281053") ?? 1;
  const intercept = header.floatString("x00281052") ?? 0;
  const values = new Float32Array(rows * columns);
  for (let at = 0; at < values.length; at += 1) {
    const stored = bytes === 2 ? view.getUint16(at * 2, true) : view.getUint8(at);
    values[at] = ((stored << unused) >> unused) * slope + intercept;
  }
  return values;
}

/** What is black and what is white: as the header says (PS3.3 C.11.2.1.2.1), else the least and the greatest. */
function windowOf(header: DataSet, values: Float32Array): [number, number] {
  const center = header.floatString("x00281050", 0);
  const width = header.floatString("x00281051", 0);
  if (center !== undefined && width !== undefined) {
    return [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
  }
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return [least, values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)];
}
