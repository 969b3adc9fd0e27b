import { Button, PasswordInput, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { t } from "@/i18n/text";

/** Change one's own password. */
export function PasswordForm() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: () => api.put("/x/me/password", { old, new: fresh }),
    onSuccess: () => {
      setOld("");
      setFresh("");
      notifications.show({ message: t("Password changed.") });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label={t("Current password")}
          autoComplete="current-password"
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("New password")}
          autoComplete="new-password"
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
          error={change.error?.message}
        />
        <Button type="submit" variant="default" disabled={!old || !fresh} loading={change.isPending}>
          {t("Change password")}
        </Button>
      </Stack>
    </form>
  );
}
