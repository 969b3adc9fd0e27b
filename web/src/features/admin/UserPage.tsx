import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { LIVE, selfQuery, useMe } from "@/api/queries";
import type { User } from "@/api/types";
import { useChange, useRemoval } from "@/api/useChange";
import { t, tIn } from "@/i18n/text";
import { KeysPanel } from "@/parts/keys/KeysPanel";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { personName } from "@/ui/person";
import { RemoveButton } from "@/ui/RemoveButton";
import { StateMark } from "@/ui/StateMark";
import { type Profile, ProfileFields } from "./ProfileFields";
import { siteRole } from "./siteRoles";

/** One user, for administrators: name, site role, keys, whether they may log in. */
export function UserPage() {
  const { u } = useParams({ from: "/inside/framed/admin/users/$u" });
  const key = [LIVE, "/users", u];
  const found = useQuery({
    queryKey: key,
    queryFn: () => api.get<User>(`/users/${encodeURIComponent(u)}`),
  });
  const user = found.data;
  useCrumbs([{ label: t("Users"), href: "/admin/users" }, { label: user ? personName(user, u) : u }]);
  if (found.error && !user)
    return <Failure error={found.error} what={t("user")} onRetry={() => void found.refetch()} />;
  if (!user) return <Loading />;
  return (
    <Page>
      <PageHead
        title={personName(user, u)}
        kind={t("User")}
        about={
          <StateMark
            state={user.disabled ? "off" : "ok"}
            words={user.disabled ? t("disabled") : t("active")}
          />
        }
        actions={<UserActions user={user} />}
      />
      <Columns
        main={
          <>
            <UserForm key={user.modified} user={user} />
            <KeysPanel
              title={t("API keys")}
              keys={user.api_keys ?? []}
              found={found}
              restrictable
              path={`/users/${encodeURIComponent(u)}/key`}
              about={t("A key lets scripts work in this user’s name.")}
              stale={selfQuery.queryKey}
            />
          </>
        }
        side={
          <>
            <Panel title={t("About")}>
              <Facts
                facts={[
                  [t("User id"), user._id],
                  [t("Password"), user.has_password ? tIn("password", "set") : tIn("password", "none")],
                  [t("First login"), dateTime(user.firstlogin)],
                  [t("Last login"), dateTime(user.lastlogin) || t("never")],
                  [t("Added"), dateTime(user.created)],
                  [t("Changed"), dateTime(user.modified)],
                ]}
              />
            </Panel>
            <NewPassword user={user} />
          </>
        }
      />
    </Page>
  );
}

const address = (user: User) => `/users/${encodeURIComponent(user._id)}`;

function UserActions({ user }: { user: User }) {
  const { user: me } = useMe();
  const navigate = useNavigate();
  const change = useChange((disabled: boolean) => api.put(address(user), { disabled }));
  const remove = useRemoval(
    () => api.delete(address(user)),
    () => navigate({ to: "/admin/users" }),
  );
  return (
    <>
      <LinkButton to="/admin/log" search={{ user: user._id }} variant="default">
        {t("What they did")}
      </LinkButton>
      {user._id === me._id ? null : (
        <>
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate(!user.disabled)}>
            {user.disabled ? t("Enable") : t("Disable")}
          </Button>
          <RemoveButton what={t("user")} remove={remove}>
            {t(
              "{user} loses keys, logins and all permissions. What they did stays in the access log. To keep the permissions, disable the account instead.",
              { user: personName(user, user._id) },
            )}
          </RemoveButton>
        </>
      )}
    </>
  );
}

function UserForm({ user }: { user: User }) {
  const [email, setEmail] = useState(user.email);
  const before: Profile = {
    firstname: user.firstname,
    lastname: user.lastname,
    role: siteRole(user.roles),
  };
  const [profile, setProfile] = useState(before);
  const save = useChange(() => {
    const { role, ...names } = profile;
    return api.put(address(user), { ...names, email, ...(role === before.role ? {} : { roles: [role] }) });
  });
  const changed = email !== user.email || JSON.stringify(profile) !== JSON.stringify(before);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Panel title={t("Profile")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t("E-mail address for messages")}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <ProfileFields value={profile} onChange={setProfile} />
          <Group justify="flex-end">
            <Button type="submit" disabled={!changed} loading={save.isPending}>
              {t("Save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function NewPassword({ user }: { user: User }) {
  const [password, setPassword] = useState("");
  const save = useChange(async () => {
    await api.put(address(user), { password });
    setPassword("");
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Panel title={t("Set a new password")}>
      <form onSubmit={submit}>
        <PasswordInput
          aria-label={t("New password")}
          placeholder={t("New password")}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("Show the password") }}
        />
        {password ? (
          <Button type="submit" size="xs" variant="default" mt={8} loading={save.isPending}>
            {t("Set password")}
          </Button>
        ) : null}
      </form>
    </Panel>
  );
}
