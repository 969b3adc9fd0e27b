import { TextInput } from "@mantine/core";
import { t } from "@/i18n/text";

interface CodeInputProps {
  value: string;
  onChange: (value: string) => void;
  description?: string;
  error?: string;
}

/** A code of the authenticator app; browsers and password managers fill it in. */
export function CodeInput({ value, onChange, description, error }: CodeInputProps) {
  return (
    <TextInput
      label={t("Code")}
      description={description}
      error={error}
      name="code"
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      withAsterisk={false}
      data-autofocus
      autoFocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
