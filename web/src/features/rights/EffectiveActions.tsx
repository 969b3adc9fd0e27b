import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { actionsQuery } from "@/api/queries";
import type { Role, RoleEntry } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { type Person, personLabel } from "@/ui/person";
import { ActionList } from "./ActionList";

interface EffectiveActionsProps {
  entries: RoleEntry[];
  roles: Role[];
}

/** What somebody may do here, and the roles each of it comes from. */
export function EffectiveActions({ entries, roles }: EffectiveActionsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const actions = useQuery({ ...actionsQuery, enabled: chosen !== null });
  const known = useByIds<Person>(
    "/users",
    entries.map((one) => one._id),
  );
  const people = entries.map(({ _id }) => {
    const person = known.get(_id);
    return { value: _id, label: person ? personLabel(person) : _id };
  });
  const entry = entries.find((one) => one._id === chosen);
  const held = roles.filter((role) => entry?.role_ids.includes(role._id));
  const from = (action: string) =>
    held.filter((role) => role.actions.includes(action)).map((role) => role.label);
  return (
    <Panel title={t("Check a person")}>
      <Select
        aria-label={t("Person to check")}
        placeholder={t("Name or e-mail address")}
        searchable
        limit={30}
        nothingFoundMessage={t("Nobody matches")}
        data={people}
        value={chosen}
        onChange={setChosen}
        clearable
        mb={entry ? 8 : 0}
      />
      {entry ? (
        <div role="status">
          <ActionList
            actions={(actions.data ?? []).filter((one) => from(one.action).length > 0)}
            from={from}
          />
        </div>
      ) : (
        <Text size="sm" c="dimmed" mt={8}>
          {t("Shows what their roles allow together, and which role gives what.")}
        </Text>
      )}
    </Panel>
  );
}
