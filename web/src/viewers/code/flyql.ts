/** The words of a FlyQL text, for colouring it. The server alone says whether it is right. */
export type Kind = "keyword" | "operator" | "field" | "number" | "string" | "bracket";

export interface Token {
  from: number;
  to: number;
  kind: Kind;
}

const KEYWORD = /^(AND|OR|NOT|IN|LIKE|CONTAINS|EXISTS|IS|HAS|TRUE|FALSE|NULL)$/;
const OPERATOR = /^(=|==|!=|<>|<|<=|>|>=|=~|!~)$/;
const FIELD = /^(group|project|subject|session|acquisition|analysis|file|collection)\./i;
const NUMBER =
  /^(-?\d+(\.\d+)?(e[+-]?\d+)?|\d{4}-\d{2}-\d{2}(T[\d:.,Z+-]*)?|(now|today)([+-]\d+[yMwdhms])?)$/i;
const WORDS = /["“”](?:\\.|[^"“”\\\n])*["“”]?|['‘’](?:\\.|[^'‘’\\\n])*['‘’]?|[()[\],]|[^\s()[\],"'“”‘’]+/g;

/** All upper or all lower case, never mixed. */
const isKeyword = (word: string) =>
  KEYWORD.test(word) || (word === word.toLowerCase() && KEYWORD.test(word.toUpperCase()));

function kindOf(word: string): Kind | null {
  if (/^["'“”‘’]/.test(word)) return "string";
  if (/^[()[\],]$/.test(word)) return "bracket";
  if (isKeyword(word)) return "keyword";
  if (OPERATOR.test(word)) return "operator";
  if (FIELD.test(word)) return "field";
  return NUMBER.test(word) ? "number" : null;
}

/** Words with a colour of their own, in their order. */
export function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(WORDS)) {
    const kind = kindOf(match[0]);
    if (kind) found.push({ from: match.index, to: match.index + match[0].length, kind });
  }
  return found;
}
