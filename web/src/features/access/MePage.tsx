import { useQuery } from "@tanstack/react-query";
import { selfQuery, useMe } from "@/api/queries";
import { KeysPanel } from "@/parts/keys/KeysPanel";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { PasswordForm } from "./PasswordForm";
import { SecondFactorPanel } from "./SecondFactorPanel";
import { ThemeChoice } from "./ThemeChoice";

/** Profile, API keys, password, theme. */
export function MePage() {
  const { user } = useMe();
  const self = useQuery(selfQuery);
  useCrumbs([{ label: "Profile" }]);
  const name = [user.firstname, user.lastname].filter(Boolean).join(" ") || user.email;
  return (
    <Page>
      <PageHead title={name} tab="Profile" about={user.email} />
      <Columns
        main={
          <KeysPanel
            title="API keys"
            keys={self.data?.api_keys}
            found={self}
            path="/users/self/key"
            about="A key lets the Python SDK and the command line work in your name."
            restrictable
            primary
            stale={selfQuery.queryKey}
          />
        }
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
