import { figure } from "@/i18n/text";
import { type Suggestions, suggest } from "./search";

const detailOf = ({ type, count }: Suggestions["suggestions"][number]) =>
  [type === "operator" || type === "connective" ? "" : type, figure(count)].filter(Boolean).join(" · ");

/** How the text may go on: fields, operators, values and words of the language. */
export async function complete(text: string) {
  const found = await suggest(text).catch((): Suggestions => ({ from: 0, suggestions: [] }));
  return {
    from: found.from,
    choices: found.suggestions.map((one) => ({
      display: one.display,
      value: one.value,
      detail: detailOf(one),
    })),
  };
}
