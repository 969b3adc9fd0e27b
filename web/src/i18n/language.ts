/** Which language the page speaks. It is known before the page's modules run, so words may stand in constants. */

/** What a catalogue says for an English text: one text, or one for each plural form. */
export type Catalogue = Record<string, string | string[]>;

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = "treadle.language";
const LOADERS: Record<Exclude<Language, "en">, () => Promise<{ default: Catalogue }>> = {
  de: () => import("../../locales/de.po"),
};
const known = (tag: string): tag is Language => tag in LANGUAGES;

/** The language chosen in this browser, if any. */
export const chosenLanguage = (): Language | null => {
  const kept = typeof localStorage === "undefined" ? null : localStorage.getItem(KEPT);
  return kept && known(kept) ? kept : null;
};

/** Keeps the choice, none to follow the browser, and shows the page anew. */
export function chooseLanguage(next: Language | null) {
  if (next) localStorage.setItem(KEPT, next);
  else localStorage.removeItem(KEPT);
  window.location.reload();
}

function preferred(): Language {
  const tags = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
  return tags.map((tag) => tag.slice(0, 2).toLowerCase()).find(known) ?? "en";
}

// The unit tests run without a page, in English.
const onPage = typeof document !== "undefined";

export const language: Language = onPage ? (chosenLanguage() ?? preferred()) : "en";

/** For numbers and dates: how the language writes them. */
export const locale = language === "en" ? "en-US" : language;

/** What the texts are in this language; empty in English. */
export let catalogue: Catalogue = {};

/** Loads the catalogue. Where it does not come, the page is in English rather than empty. */
export async function loadCatalogue(): Promise<void> {
  document.documentElement.lang = language;
  if (language === "en") return;
  catalogue = await LOADERS[language]().then(
    (loaded) => loaded.default,
    () => ({}),
  );
}
