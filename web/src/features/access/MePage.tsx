import { useMe } from "@/api/queries";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { ApiKeys } from "./ApiKeys";
import { PasswordForm } from "./PasswordForm";
import { SecondFactorPanel } from "./SecondFactorPanel";
import { ThemeChoice } from "./ThemeChoice";

/** Profile, API keys, password, theme. */
export function MePage() {
  const { user } = useMe();
  useCrumbs([{ label: "Profile" }]);
  const name = [user.firstname, user.lastname].filter(Boolean).join(" ") || user.email;
  return (
    <Page>
      <PageHead title={name} tab="Profile" about={user.email} />
      <Columns
        main={<ApiKeys />}
        side={
          <>
            <Panel title="Profile">
              <Facts
                facts={[
                  ["User id", user._id],
                  ["E-mail", user.email],
                  ["Site roles", user.roles.map((role) => role.replaceAll("_", " ")).join(", ")],
                ]}
              />
            </Panel>
            <Panel title="Appearance">
              <ThemeChoice />
            </Panel>
            {user.has_password ? (
              <Panel title="Password">
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
