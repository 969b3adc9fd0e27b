import { afterEach, describe, expect, test, vi } from "vitest";

/** The functions as they are with a catalogue in a language. */
async function speaking(language: string, catalogue: Record<string, string | string[]>) {
  vi.resetModules();
  vi.doMock("./language", () => ({ language, locale: language === "en" ? "en-US" : language, catalogue }));
  return import("./text");
}

afterEach(() => vi.doUnmock("./language"));

describe("texts", () => {
  test("in English stand in the code", async () => {
    const { t, plural, figure } = await speaking("en", {});
    expect(t("Delete {name}", { name: "{x}" })).toBe("Delete {x}");
    expect([0, 1, 1234].map((n) => plural(n, "{count} file", "{count} files"))).toEqual([
      "0 files",
      "1 file",
      "1,234 files",
    ]);
    expect(figure(null)).toBe("");
  });
  test("come from the catalogue where it has them", async () => {
    const { t, tIn, plural } = await speaking("de", {
      "Delete {name}": "{name} löschen",
      "state\u0004open": "offen",
      "{count} file": ["{count} Datei", "{count} Dateien"],
    });
    expect(t("Delete {name}", { name: "a" })).toBe("a löschen");
    expect(t("Not there")).toBe("Not there");
    expect(tIn("state", "open")).toBe("offen");
    expect([1, 1234].map((n) => plural(n, "{count} file", "{count} files"))).toEqual([
      "1 Datei",
      "1.234 Dateien",
    ]);
  });
  test("take as many plural forms as their language has", async () => {
    const { plural } = await speaking("pl", {
      "{count} file": ["{count} plik", "{count} pliki", "{count} plików"],
    });
    expect([1, 2, 5].map((n) => plural(n, "{count} file", "{count} files"))).toEqual([
      "1 plik",
      "2 pliki",
      "5 plików",
    ]);
  });
});
