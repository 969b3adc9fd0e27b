import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { secondFactorQuery } from "@/api/queries";
import { plural, t, tIn } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { EnrolDialog } from "./EnrolDialog";
import { ProvenDialog } from "./ProvenDialog";

type Dialog = "enrol" | "recovery" | "remove" | null;

/** The second factor of password logins: set up, renew recovery codes, remove. */
export function SecondFactorPanel() {
  const state = useQuery(secondFactorQuery);
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = () => setDialog(null);
  const found = state.data;
  return (
    <Panel title={t("Two-step login")}>
      {state.isPending ? <Loading rows={2} /> : null}
      {state.error ? (
        <Failure error={state.error} what={t("two-step login")} onRetry={() => void state.refetch()} />
      ) : null}
      {found && !found.available ? (
        <Text size="sm">{t("You log in through another service, which asks for second steps itself.")}</Text>
      ) : null}
      {found?.available && !found.enabled ? (
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            {t(
              "With an authenticator app on your telephone, a stolen password alone does not open your account.",
            )}
          </Text>
          <Button variant="default" onClick={() => setDialog("enrol")}>
            {t("Set up")}
          </Button>
        </Stack>
      ) : null}
      {found?.enabled ? (
        <Stack gap="sm">
          <Group gap={8}>
            <StateMark state="ok" words={tIn("two-step login", "On")} />
            <Text size="sm">
              {plural(found.recovery_codes_left, "{count} recovery code left", "{count} recovery codes left")}
            </Text>
          </Group>
          {found.recovery_codes_left < 3 ? (
            <Alert color="yellow" variant="light" p="xs">
              {t("Few recovery codes are left. Make new ones.")}
            </Alert>
          ) : null}
          <Group gap={8}>
            <Button variant="default" onClick={() => setDialog("recovery")}>
              {t("New recovery codes")}
            </Button>
            <Button variant="outline" color="red" onClick={() => setDialog("remove")}>
              {t("Remove")}
            </Button>
          </Group>
        </Stack>
      ) : null}
      {dialog === "enrol" ? <EnrolDialog onClose={close} /> : null}
      {dialog === "recovery" || dialog === "remove" ? <ProvenDialog action={dialog} onClose={close} /> : null}
    </Panel>
  );
}
