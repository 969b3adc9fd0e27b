import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { actionsQuery } from "@/api/queries";
import type { Role, RoleEntry } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import { explained, sectionsOf } from "@/parts/actions/explanations";
import { Panel } from "@/ui/Panel";
import { type Person, personLabel } from "@/ui/person";
import classes from "./EffectiveActions.module.css";

interface EffectiveActionsProps {
  entries: RoleEntry[];
  roles: Role[];
}

/** What somebody may do here, and the roles each of it comes from. */
export function EffectiveActions({ entries, roles }: EffectiveActionsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const actions = useQuery(actionsQuery);
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
  const sections = sectionsOf(actions.data ?? [])
    .map(({ title, actions: all }) => ({
      title,
      actions: all.filter((one) => from(one.action).length > 0),
    }))
    .filter((section) => section.actions.length > 0);
  return (
    <Panel title="Check a person">
      <Select
        aria-label="Person to check"
        placeholder="Name or e-mail address"
        searchable
        limit={30}
        nothingFoundMessage="Nobody matches"
        data={people}
        value={chosen}
        onChange={setChosen}
        clearable
        mb={entry ? 8 : 0}
      />
      {entry ? (
        <div className={classes.list} role="status">
          {sections.map((section) => (
            <section key={section.title}>
              <h3 className={classes.title}>{section.title}</h3>
              <ul className={classes.actions}>
                {section.actions.map((one) => (
                  <li key={one.action}>
                    <span>{explained(one)}</span>
                    <span className="dim">{from(one.action).join(", ")}</span>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      ) : (
        <p className={classes.hint}>Shows what their roles allow together, and which role gives what.</p>
      )}
    </Panel>
  );
}
