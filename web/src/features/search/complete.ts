import { type Suggestions, suggest } from "./search";

const COMPARISON = /(^|\s)(=|==|!=|<>|<|<=|>|>=|=~|!~|LIKE|like|CONTAINS|contains)\s+$/;
const LIST = /\s(IN|in)\s*[[(]([^\])]*,)?\s*$/;

/** Behind a comparison, or in a list, any value may follow: an opened quote asks for all of them. */
export const opened = (text: string) => (COMPARISON.test(text) || LIST.test(text) ? `${text}"` : text);

const detailOf = ({ type, count }: Suggestions["suggestions"][number]) =>
  [type === "operator" || type === "connective" ? "" : type, count?.toLocaleString("en-US")]
    .filter(Boolean)
    .join(" · ");

/** How the text may go on: fields, operators, values and words of the language. */
export async function complete(text: string) {
  const found = await suggest(opened(text)).catch((): Suggestions => ({ from: 0, suggestions: [] }));
  return {
    from: found.from,
    choices: found.suggestions.map((one) => ({
      display: one.display,
      value: one.value,
      detail: detailOf(one),
    })),
  };
}
