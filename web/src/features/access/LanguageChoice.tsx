import { Button, Group, SegmentedControl } from "@mantine/core";
import { chooseLanguage, chosenLanguage, LANGUAGES, type Language, language } from "@/i18n/language";
import { t } from "@/i18n/text";

const NAMES = Object.entries(LANGUAGES) as [Language, string][];

/** One of the languages, or as the browser says; the page is shown anew. */
export function LanguageChoice() {
  return (
    <SegmentedControl
      fullWidth
      aria-label={t("Language")}
      value={chosenLanguage() ?? ""}
      onChange={(value) => chooseLanguage((value || null) as Language | null)}
      data={[...NAMES.map(([value, label]) => ({ value, label })), { value: "", label: t("As the browser") }]}
    />
  );
}

/** The other languages, each by its own name, for those who cannot read this page yet. */
export function OtherLanguages() {
  return (
    <Group gap={4} justify="center">
      {NAMES.filter(([value]) => value !== language).map(([value, name]) => (
        <Button
          key={value}
          size="compact-sm"
          variant="subtle"
          color="gray"
          lang={value}
          onClick={() => chooseLanguage(value)}
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}
