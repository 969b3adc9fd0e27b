import { t } from "@/i18n/text";

/** Where the voxels of a series lie: a step of each index, and the first voxel, in patient millimetres (LPS). */
export interface Grid {
  size: [number, number, number];
  column: Vector;
  row: Vector;
  slice: Vector;
  origin: Vector;
}
type Vector = [number, number, number];

const HEADER = 352;
const UINT8 = 2;
const LABELS = 1002;
const MILLIMETRES = 2;
const SCANNER = 1;
const LITTLE = true;

/** Labels as a NIfTI-1 volume of bytes, packed with gzip; every program reads it. */
export async function packLabels(voxels: Uint8Array<ArrayBuffer>, grid: Grid): Promise<Blob> {
  const header = new DataView(new ArrayBuffer(HEADER));
  header.setInt32(0, 348, LITTLE);
  [3, ...grid.size, 1, 1, 1, 1].forEach((size, at) => {
    header.setInt16(40 + 2 * at, size, LITTLE);
  });
  header.setInt16(68, LABELS, LITTLE);
  header.setInt16(70, UINT8, LITTLE);
  header.setInt16(72, 8, LITTLE);
  const steps = [grid.column, grid.row, grid.slice];
  [1, ...steps.map((step) => Math.hypot(...step)), 1, 1, 1, 1].forEach((size, at) => {
    header.setFloat32(76 + 4 * at, size, LITTLE);
  });
  header.setFloat32(108, HEADER, LITTLE);
  header.setFloat32(112, 1, LITTLE);
  header.setUint8(123, MILLIMETRES);
  header.setInt16(254, SCANNER, LITTLE);
  for (const axis of [0, 1, 2] as const) {
    const sign = axis === 2 ? 1 : -1; // NIfTI's first two axes point the other way
    [...steps, grid.origin].forEach((vector, at) => {
      header.setFloat32(280 + 16 * axis + 4 * at, sign * vector[axis], LITTLE);
    });
  }
  new TextEncoder().encodeInto("n+1", new Uint8Array(header.buffer, 344));
  const packed = new Blob([header.buffer, voxels]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed).blob();
}

/** The voxels of such a volume; an error says that it belongs to other images. */
export async function unpackLabels(packed: Blob, grid: Grid): Promise<Uint8Array<ArrayBuffer>> {
  const plain = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(plain).arrayBuffer();
  const header = new DataView(bytes);
  const fits =
    header.getInt16(70, LITTLE) === UINT8 &&
    grid.size.every((size, at) => header.getInt16(42 + 2 * at, LITTLE) === size);
  const start = header.getFloat32(108, LITTLE);
  const count = grid.size[0] * grid.size[1] * grid.size[2];
  if (!fits || bytes.byteLength < start + count)
    throw new Error(t("The labels lie on other images than these."));
  return new Uint8Array(bytes, start, count);
}
