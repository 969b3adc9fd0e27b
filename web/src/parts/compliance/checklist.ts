import { figure, t } from "@/i18n/text";

/** One acquisition requirement of a template, and how many acquisitions of a session fit it. */
export interface Requirement {
  label: string | null;
  tags: string | null;
  minimum: number;
  maximum: number | null;
  found: number;
  met: boolean;
}

/** What the server says of one session, template by template. */
export interface Checklist {
  _id: string;
  label: string;
  would_satisfy: boolean;
  templates: { matches: boolean; met: boolean; acquisitions: Requirement[] }[];
}

export interface Line {
  met: boolean;
  words: string;
}

function words({ label, tags, minimum, maximum, found }: Requirement): string {
  const kind = label || (tags ? t("tagged {tags}", { tags }) : t("any acquisition"));
  const wanted =
    maximum === null
      ? t("{minimum} or more", { minimum: figure(minimum) })
      : [...new Set([minimum, maximum])].map(figure).join("–");
  return t("{kind}: {found} of {wanted}", { kind, found: figure(found), wanted });
}

/** The requirements of the template that fits a session best, one line each. */
export function linesOf({ templates }: Pick<Checklist, "templates">): Line[] {
  const lacks = (one: Checklist["templates"][number]) => one.acquisitions.filter((each) => !each.met).length;
  const [best] = [...templates].sort(
    (a, b) => Number(b.met) - Number(a.met) || Number(b.matches) - Number(a.matches) || lacks(a) - lacks(b),
  );
  if (!best) return [];
  if (!best.matches) return [{ met: false, words: t("Label or tags fit no template") }];
  return best.acquisitions.length === 0
    ? [{ met: true, words: t("Label and tags fit") }]
    : best.acquisitions.map((each) => ({ met: each.met, words: words(each) }));
}
