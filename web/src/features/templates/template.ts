import { t } from "@/i18n/text";

/** Session templates as the editor holds them: texts are patterns, empty ones ask for nothing. */
export interface FileRule {
  name?: string;
  type?: string;
  classification?: string;
  minimum: number;
  maximum?: number | null;
}

export interface AcquisitionRule {
  label?: string;
  tags?: string;
  files?: FileRule[];
  minimum: number;
  maximum?: number | null;
}

export interface Template {
  session?: { label?: string; tags?: string; subject?: { label?: string } };
  acquisitions?: AcquisitionRule[];
}

export const NEW_TEMPLATE: Template = { session: {}, acquisitions: [{ label: "", minimum: 1 }] };

/** Without what is empty; what this editor does not know of stays as it came. */
export function tidy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(tidy) as T;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .map(([key, one]) => [key, tidy(one)] as const)
    .filter(([, one]) => one !== "" && one !== null && one !== undefined)
    .filter(
      ([, one]) => typeof one !== "object" || Array.isArray(one) || Object.keys(one as object).length > 0,
    );
  return Object.fromEntries(kept) as T;
}

/** What keeps the templates from being saved, in words; null when nothing does. */
export function problemOf(templates: Template[]): string | null {
  for (const [number, template] of tidy(templates).entries()) {
    if (!template.session && !template.acquisitions?.length)
      return t("Template {number} says nothing yet: give a label, a tag or an acquisition.", {
        number: number + 1,
      });
    for (const rule of template.acquisitions ?? []) {
      const bad = [rule, ...(rule.files ?? [])].find(
        ({ minimum, maximum }) => maximum !== null && maximum !== undefined && maximum < minimum,
      );
      if (bad)
        return t("Template {number}: “at most” must not be less than “at least”.", { number: number + 1 });
    }
  }
  return null;
}
