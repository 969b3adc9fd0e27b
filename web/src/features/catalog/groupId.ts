const FORM = /^[0-9a-z](?:[0-9a-z.@_-]{0,62}[0-9a-z])?$/;

/** What a group id may be, in words. */
export const GROUP_ID_RULE = "1 to 64 letters a–z, digits and . @ _ - with a letter or digit at both ends.";

/** Why the text cannot be a group id; null when it can (or when nothing is typed yet). */
export function groupIdProblem(text: string): string | null {
  if (text === "" || FORM.test(text)) return null;
  if (/[A-Z]/.test(text)) return "Use lower case only: scanners write it into the routing string.";
  const wrong = [...new Set([...text].filter((sign) => !/[0-9a-z.@_-]/.test(sign)))];
  if (wrong.length > 0) {
    const named = wrong.map((sign) => (sign === " " ? "a space" : `“${sign}”`)).join(" or ");
    return `No ${named.replace(/^a /, "")} here: ${GROUP_ID_RULE}`;
  }
  return text.length > 64 ? "At most 64 characters." : "Start and end with a letter or digit.";
}
