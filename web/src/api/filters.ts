/** Builds the API's filter texts: `field op value`, joined by commas. */
const quoted = (text: string) => `"${text.replaceAll('"', '\\"')}"`;

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The field contains this text, upper or lower case. */
export const contains = (field: string, text: string) => `${field}=~${quoted(`(?i)${literal(text)}`)}`;

/** The field is exactly this text. */
export const equals = (field: string, text: string) => `${field}=${quoted(text)}`;

/** The field is one of these texts. */
export const oneOf = (field: string, texts: string[]) => `${field}=|[${texts.map(quoted).join(",")}]`;

/** From the first day (inclusive) to the last (inclusive), as dates `YYYY-MM-DD`. */
export function between(field: string, from: string | undefined, to: string | undefined): string[] {
  const parts: string[] = [];
  if (from) parts.push(`${field}>=${from}`);
  if (to) parts.push(`${field}<=${to}T23:59:59.999`);
  return parts;
}

/** All of these; undefined when there is nothing to ask. */
export function allOf(...parts: (string | false | null | undefined)[]): string | undefined {
  const given = parts.filter(Boolean);
  return given.length ? given.join(",") : undefined;
}
