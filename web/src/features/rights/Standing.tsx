import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { actionsQuery } from "@/api/queries";
import type { Standing as StandingDoc } from "@/api/types";
import { t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { ANYBODY } from "@/parts/pick/source";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { ActionList } from "./ActionList";

interface StandingProps {
  container: string;
  user: string | null;
  onUser: (user: string | null) => void;
}

/** What somebody may do here, in a sentence and one by one, with what gives it to them. */
export function Standing({ container, user, onUser }: StandingProps) {
  const found = useQuery({
    queryKey: ["access", "why", container, user],
    queryFn: () => api.get<StandingDoc>("/access/why", { container, user }),
    enabled: user !== null,
    retry: false,
  });
  return (
    <Panel title={t("What can they do here?")}>
      <Picker
        source={ANYBODY}
        aria-label={t("Person to ask about")}
        value={user}
        onChange={onUser}
        clearable
        mb={user ? 8 : 0}
      />
      {user && found.isPending ? <Loading rows={3} /> : null}
      {found.error ? <Failure error={found.error} what={t("answer")} /> : null}
      {user && found.data ? <Answer standing={found.data} /> : null}
    </Panel>
  );
}

function Answer({ standing }: { standing: StandingDoc }) {
  const actions = useQuery(actionsQuery);
  const from = (action: string) =>
    standing.through.filter((way) => way.actions.includes(action)).map((way) => way.role);
  const known = actions.data ?? [];
  const others = standing.may.filter((name) => !known.some((one) => one.action === name));
  return (
    <div role="status">
      <StateMark
        state={standing.sees ? "ok" : "off"}
        words={standing.sees ? t("sees it") : t("does not see it")}
      />
      <Text size="sm" my={6}>
        {standing.sentence}
      </Text>
      <ActionList
        actions={known.filter((one) => standing.may.includes(one.action))}
        from={from}
        others={others}
      />
    </div>
  );
}
