import { Alert, Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { usersQuery } from "@/api/queries";
import { SITE_ROLES } from "./siteRoles";

/** Adds somebody who can log in. */
export function NewUserDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState("");
  const [firstname, setFirstname] = useState("");
  const [lastname, setLastname] = useState("");
  const [role, setRole] = useState("user");
  const [password, setPassword] = useState("");
  const add = useMutation({
    mutationFn: () =>
      api.post<{ _id: string }>("/users", {
        _id: email.trim(),
        email: email.trim(),
        firstname: firstname.trim(),
        lastname: lastname.trim(),
        roles: [role],
        ...(password ? { password } : {}),
      }),
    onSuccess: async ({ _id }) => {
      await queries.invalidateQueries(usersQuery);
      await navigate({ to: "/admin/users/$u", params: { u: _id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Add user">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="E-mail address"
            description="Also the name to log in with, for good."
            type="email"
            data-autofocus
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Group grow>
            <TextInput
              label="First name"
              value={firstname}
              onChange={(event) => setFirstname(event.currentTarget.value)}
            />
            <TextInput
              label="Last name"
              value={lastname}
              onChange={(event) => setLastname(event.currentTarget.value)}
            />
          </Group>
          <Select
            label="Site role"
            description={SITE_ROLES.find((one) => one.value === role)?.about}
            allowDeselect={false}
            data={SITE_ROLES}
            value={role}
            onChange={(value) => setRole(value ?? "user")}
          />
          <PasswordInput
            label="First password"
            description="They change it on their profile page. Empty: they log in by other means."
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
          />
          {add.error ? (
            <Alert color="red" variant="light" p="xs" role="alert">
              {add.error.message}
            </Alert>
          ) : null}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending} disabled={!email.includes("@")}>
              Add user
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
