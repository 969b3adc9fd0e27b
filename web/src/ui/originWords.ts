import { t } from "@/i18n/text";

interface Origin {
  type?: string | null | undefined;
  id?: string | null | undefined;
}

const KINDS: Record<string, string> = {
  user: t("user"),
  device: t("device"),
  job: t("job"),
  system: t("system"),
  unknown: t("unknown"),
};

/** What kind of thing did it: `device`. */
export const originKind = (type: string | null | undefined): string => KINDS[type ?? ""] ?? type ?? "";

/** Who or what did it: `user ada@example.org`. */
export const originWords = ({ type, id }: Origin): string => [originKind(type), id].filter(Boolean).join(" ");
