import type { Instance } from "@/api/types";

export interface StackImage {
  imageId: string;
  /** From 1; null for single-frame instances. */
  frame: number | null;
}

/** The images of a series in viewing order: one for each frame of each instance that has pixels. */
export function stackImages(instances: Instance[], address: (sopUid: string) => string): StackImage[] {
  return instances.flatMap((instance): StackImage[] => {
    if (!instance.rows || !instance.columns) return [];
    const imageId = `wadouri:${address(instance.sop_uid)}`;
    if (instance.frames <= 1) return [{ imageId, frame: null }];
    return Array.from({ length: instance.frames }, (_, index) => ({
      imageId: `${imageId}&frame=${index + 1}`,
      frame: index + 1,
    }));
  });
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

/** What is at the edges of an unrotated image with these row and column directions. */
export function edgeLetters(row: ArrayLike<number>, column: ArrayLike<number>): Edges {
  const back = (direction: ArrayLike<number>) => Array.from(direction, (part) => -part);
  return {
    left: directionLetters(back(row)),
    right: directionLetters(row),
    top: directionLetters(back(column)),
    bottom: directionLetters(column),
  };
}

export interface Preset {
  name: string;
  center: number;
  width: number;
}

const PRESETS: Record<string, Preset[]> = {
  CT: [
    { name: "Soft tissue", center: 40, width: 400 },
    { name: "Lung", center: -600, width: 1500 },
    { name: "Bone", center: 480, width: 2500 },
    { name: "Brain", center: 40, width: 80 },
    { name: "Liver", center: 90, width: 150 },
  ],
};

/** Windows usual for a modality; none where values have no fixed scale. */
export const presetsOf = (modality: string | null) => PRESETS[modality ?? ""] ?? [];
