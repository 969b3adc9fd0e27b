/** Turns a gettext catalogue (`locales/de.po`) into a module: English text to text, or to its plural forms. */
import { po } from "gettext-parser";
import type { Plugin } from "vite";

export function catalogues(): Plugin {
  return {
    name: "catalogues",
    transform(source, id) {
      if (!id.endsWith(".po")) return null;
      const texts: Record<string, string | string[]> = {};
      for (const [context, entries] of Object.entries(po.parse(source).translations)) {
        for (const [text, { msgstr }] of Object.entries(entries)) {
          const [only] = msgstr;
          if (text && only)
            texts[context ? `${context}\u0004${text}` : text] = msgstr.length > 1 ? msgstr : only;
        }
      }
      return { code: `export default ${JSON.stringify(texts)}`, map: null };
    },
  };
}
