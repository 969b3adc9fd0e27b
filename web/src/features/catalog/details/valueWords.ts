import { t, tIn } from "@/i18n/text";

/** Values that the server knows, in words. */
const VALUES: Record<string, string> = {
  human: t("human"),
  animal: t("animal"),
  phantom: t("phantom"),
  male: tIn("sex", "male"),
  female: tIn("sex", "female"),
  other: tIn("sex", "other"),
  unknown: t("unknown"),
  Control: tIn("cohort", "Control"),
  Study: tIn("cohort", "Study"),
};

/** A value as people read it; one of a site's own stays as it is. */
export const valueWord = (value: string | null | undefined): string =>
  (value && VALUES[value]) || (value ?? "");
