import { t } from "@/i18n/text";

const FORM = /^[0-9a-z](?:[0-9a-z.@_-]{0,62}[0-9a-z])?$/;

/** What a group id may be, in words. */
export const GROUP_ID_RULE = t(
  "1 to 64 letters a–z, digits and . @ _ - with a letter or digit at both ends.",
);

const named = (sign: string, at: number) =>
  sign !== " " ? t("“{sign}”", { sign }) : at === 0 ? t("space") : t("a space");

/** Why the text cannot be a group id; null when it can (or when nothing is typed yet). */
export function groupIdProblem(text: string): string | null {
  if (text === "" || FORM.test(text)) return null;
  if (/[A-Z]/.test(text)) return t("Use lower case only: scanners write it into the routing string.");
  const wrong = [...new Set([...text].filter((sign) => !/[0-9a-z.@_-]/.test(sign)))];
  if (wrong.length > 0) {
    const signs = wrong.map(named).reduce((one, other) => t("{one} or {other}", { one, other }));
    return t("No {signs} here: {rule}", { signs, rule: GROUP_ID_RULE });
  }
  return text.length > 64 ? t("At most 64 characters.") : t("Start and end with a letter or digit.");
}
