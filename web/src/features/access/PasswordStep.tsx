import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { t } from "@/i18n/text";

export interface Credentials {
  email: string;
  password: string;
}

interface PasswordStepProps {
  value: Credentials;
  busy: boolean;
  onChange: (value: Credentials) => void;
  onSubmit: () => void;
}

/** E-mail and password. */
export function PasswordStep({ value, busy, onChange, onSubmit }: PasswordStepProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t("E-mail")}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={value.email}
          onChange={(event) => onChange({ ...value, email: event.currentTarget.value })}
        />
        <PasswordInput
          label={t("Password")}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={value.password}
          onChange={(event) => onChange({ ...value, password: event.currentTarget.value })}
        />
        <Button type="submit" loading={busy} fullWidth>
          {t("Log in")}
        </Button>
      </Stack>
    </form>
  );
}
