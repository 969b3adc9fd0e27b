import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { selfQuery, useMe } from "@/api/queries";
import { t } from "@/i18n/text";
import { KeysPanel } from "@/parts/keys/KeysPanel";
import { MailChoice } from "@/parts/notifications/MailChoice";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { DensityChoice } from "./DensityChoice";
import { LanguageChoice } from "./LanguageChoice";
import { PasswordForm } from "./PasswordForm";
import { SecondFactorPanel } from "./SecondFactorPanel";
import { ThemeChoice } from "./ThemeChoice";

const SITE_ROLES: Record<string, string> = {
  user: t("user"),
  developer: t("developer"),
  site_admin: t("site admin"),
  public: t("public"),
};

/** Profile, API keys, password, appearance. */
export function MePage() {
  const { user } = useMe();
  const self = useQuery(selfQuery);
  useCrumbs([{ label: t("Profile") }]);
  const name = [user.firstname, user.lastname].filter(Boolean).join(" ") || user.email;
  return (
    <Page>
      <PageHead title={name} tab={t("Profile")} about={user.email} />
      <Columns
        main={
          <KeysPanel
            title={t("API keys")}
            keys={self.data?.api_keys}
            found={self}
            path="/users/self/key"
            about={t("A key lets the Python SDK and the command line work in your name.")}
            restrictable
            primary
            stale={selfQuery.queryKey}
          />
        }
        side={
          <>
            <Panel title={t("Profile")}>
              <Facts
                facts={[
                  [t("User id"), user._id],
                  [t("E-mail"), user.email],
                  [t("Site roles"), user.roles.map((role) => SITE_ROLES[role] ?? role).join(", ")],
                ]}
              />
            </Panel>
            <Panel title={t("Appearance")}>
              <Stack gap="sm">
                <ThemeChoice />
                <DensityChoice />
                <LanguageChoice />
              </Stack>
            </Panel>
            <Panel title={t("Notifications")}>
              <MailChoice />
            </Panel>
            {user.has_password ? (
              <Panel title={t("Password")}>
                <PasswordForm />
              </Panel>
            ) : null}
            <SecondFactorPanel />
          </>
        }
      />
    </Page>
  );
}
