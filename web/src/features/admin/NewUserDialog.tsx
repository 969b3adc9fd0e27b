import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { type Profile, ProfileFields } from "./ProfileFields";

/** Adds somebody who can log in. */
export function NewUserDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState("");
  const [profile, setProfile] = useState<Profile>({ firstname: "", lastname: "", role: "user" });
  const [password, setPassword] = useState("");
  const add = useMutation({
    mutationFn: () =>
      api.post<{ _id: string }>("/users", {
        _id: email.trim(),
        email: email.trim(),
        firstname: profile.firstname.trim(),
        lastname: profile.lastname.trim(),
        roles: [profile.role],
        ...(password ? { password } : {}),
      }),
    onSuccess: async ({ _id }) => {
      await queries.invalidateQueries({ queryKey: [LIVE] });
      await navigate({ to: "/admin/users/$u", params: { u: _id } });
    },
  });
  return (
    <FormDialog
      title={t("Add user")}
      action={t("Add user")}
      busy={add.isPending}
      disabled={!email.includes("@")}
      error={add.error}
      onClose={onClose}
      onSubmit={() => add.mutate()}
    >
      <TextInput
        label={t("E-mail address")}
        description={t("Also the name to log in with, for good.")}
        type="email"
        data-autofocus
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <ProfileFields value={profile} onChange={setProfile} />
      <PasswordInput
        label={t("First password")}
        description={t("They change it on their profile page. Empty: they log in by other means.")}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ "aria-label": t("Show the password") }}
      />
    </FormDialog>
  );
}
