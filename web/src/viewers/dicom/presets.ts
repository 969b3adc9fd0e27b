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
