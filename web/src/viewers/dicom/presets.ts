import { t } from "@/i18n/text";

export interface Preset {
  name: string;
  center: number;
  width: number;
}

const PRESETS: Record<string, Preset[]> = {
  CT: [
    { name: t("Soft tissue"), center: 40, width: 400 },
    { name: t("Lung"), center: -600, width: 1500 },
    { name: t("Bone"), center: 480, width: 2500 },
    { name: t("Brain"), center: 40, width: 80 },
    { name: t("Liver"), center: 90, width: 150 },
  ],
};

/** Windows usual for a modality; none where values have no fixed scale. */
export const presetsOf = (modality: string | null) => PRESETS[modality ?? ""] ?? [];
