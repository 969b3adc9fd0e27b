import { t } from "@/i18n/text";
import type { Kind } from "./search";

/** Queries to start from; each shows another part of the language. */
export const EXAMPLES: { words: string; q: string; kind: Kind }[] = [
  {
    words: t("Sessions of men between 40 and 80"),
    q: "subject.sex = male AND session.age_in_years >= 40 AND session.age_in_years <= 80",
    kind: "session",
  },
  {
    words: t("Sessions of one month that do not comply with a template"),
    q: "session.created >= 2026-01-01 AND session.created <= 2026-01-31 AND session.satisfies_template IS FALSE",
    kind: "session",
  },
  {
    words: t("Sessions with a T1 but without a diffusion scan"),
    q: "HAS acquisition (acquisition.label CONTAINS t1) AND NOT HAS acquisition (acquisition.label CONTAINS dwi)",
    kind: "session",
  },
  {
    words: t("DICOM series by something in their header"),
    q: "file.type = dicom AND file.info.header.dicom.EchoTime < 30",
    kind: "file",
  },
  {
    words: t("Outputs of an analysis"),
    q: "analysis.label CONTAINS afq AND file.name CONTAINS summary",
    kind: "file",
  },
  {
    words: t("Images with a lesion over 300 mm²"),
    q: "file.roi HAS (label = Lesion AND area > 300)",
    kind: "file",
  },
];
