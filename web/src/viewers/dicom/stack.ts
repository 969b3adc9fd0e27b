import type { Instance } from "@/api/types";

export type Vector = readonly [number, number, number];

/** Where an image lies in the patient (LPS millimetres). */
export interface Plane {
  position: Vector;
  normal: Vector;
}

export interface StackImage {
  imageId: string;
  sopUid: string;
  /** From 1; null for single-frame instances. */
  frame: number | null;
  /** UIDs of what its instance is (SOP class) and how its pixels are coded (transfer syntax), where known. */
  sopClass: string | null;
  syntax: string | null;
  /** Bytes of its instance. */
  size: number;
  plane: Plane | null;
}

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function planeOf({ position, orientation }: Instance): Plane | null {
  const [a, b, c, d, e, f] = orientation ?? [];
  const [x, y, z] = position ?? [];
  if (f === undefined || z === undefined) return null;
  return {
    position: [x as number, y as number, z],
    normal: cross([a as number, b as number, c as number], [d as number, e as number, f]),
  };
}

/** The images of a series in viewing order: one for each frame of each instance that has pixels. */
export function stackImages(instances: Instance[], address: (sopUid: string) => string): StackImage[] {
  return instances.flatMap((instance): StackImage[] => {
    if (!instance.rows || !instance.columns) return [];
    const imageId = `wadouri:${address(instance.sop_uid)}`;
    const { sop_uid: sopUid, sop_class_uid: sopClass, transfer_syntax: syntax, size } = instance;
    const said = { sopUid, sopClass, syntax, size };
    if (instance.frames <= 1) return [{ ...said, imageId, frame: null, plane: planeOf(instance) }];
    return Array.from({ length: instance.frames }, (_, index) => ({
      ...said,
      imageId: `${imageId}&frame=${index + 1}`,
      frame: index + 1,
      plane: null,
    }));
  });
}

const PARALLEL = 0.98;
const SLICES_OF_A_VOLUME = 4;
const UNEVEN_MM = 0.1;

const parallel = (a: Plane, b: Plane) => Math.abs(dot(a.normal, b.normal)) > PARALLEL;

/** The image of another stack that lies nearest to this plane; by place in the stack where nothing says where. */
export function follow(stack: StackImage[], index: number, other: StackImage[]): number | null {
  if (other.length === 0) return null;
  const plane = stack[index]?.plane;
  const planes = other.map((image) => image.plane);
  if (plane && planes.every((one) => one !== null)) {
    const first = planes[0];
    if (!first || !parallel(plane, first)) return null;
    const depth = dot(plane.normal, plane.position);
    const distances = planes.map((one) => Math.abs(dot(plane.normal, one.position) - depth));
    return distances.indexOf(Math.min(...distances));
  }
  const share = stack.length > 1 ? index / (stack.length - 1) : 0;
  return Math.round(share * (other.length - 1));
}

/** Whether a stack is a volume: parallel images at even distances, whose other planes make sense. */
export function isVolume(images: StackImage[]): boolean {
  const first = images[0]?.plane;
  if (!first || images.length < SLICES_OF_A_VOLUME) return false;
  const depths = images.map(({ plane }) =>
    plane && parallel(first, plane) ? dot(first.normal, plane.position) : Number.NaN,
  );
  if (depths.some(Number.isNaN)) return false;
  depths.sort((a, b) => a - b);
  const gaps = depths.slice(1).map((depth, at) => depth - (depths[at] ?? 0));
  return Math.min(...gaps) > 0.01 && Math.max(...gaps) - Math.min(...gaps) < UNEVEN_MM;
}

const AXES = [
  ["L", "R"],
  ["P", "A"],
  ["H", "F"],
] as const;

/** The letters of a patient direction (LPS), the strongest first; none of slight components. */
export function directionLetters(direction: ArrayLike<number>): string {
  return [0, 1, 2]
    .map((axis) => ({ axis, size: Math.abs(direction[axis] ?? 0), positive: (direction[axis] ?? 0) > 0 }))
    .filter(({ size }) => size > 0.25)
    .sort((a, b) => b.size - a.size)
    .map(({ axis, positive }) => AXES[axis]?.[positive ? 0 : 1] ?? "")
    .join("");
}

export interface Edges {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

/** What is at the edges of a picture whose right and lower edges lie in these directions. */
export function edgeLetters(right: ArrayLike<number>, down: ArrayLike<number>): Edges {
  const back = (direction: ArrayLike<number>) => Array.from(direction, (part) => -part);
  return {
    left: directionLetters(back(right)),
    right: directionLetters(right),
    top: directionLetters(back(down)),
    bottom: directionLetters(down),
  };
}

const BAR_PIXELS = 120;

/** The longest round length of a scale bar that fits, in millimetres, when a pixel of the screen is this long. */
export function scaleBar(pixelMm: number): number {
  const longest = pixelMm * BAR_PIXELS;
  const power = 10 ** Math.floor(Math.log10(longest));
  return ([5, 2, 1].find((step) => step * power <= longest) ?? 1) * power;
}
