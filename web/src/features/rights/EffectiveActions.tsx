import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { actionsQuery } from "@/api/queries";
import type { Role, RoleEntry } from "@/api/types";
import { Panel } from "@/ui/Panel";
import { PersonSelect } from "@/ui/people/PersonSelect";
import type { Person } from "@/ui/people/person";
import classes from "./EffectiveActions.module.css";
import { explained, sectionsOf } from "./explanations";

interface EffectiveActionsProps {
  entries: RoleEntry[];
  people: Person[];
  roles: Role[];
}

/** What somebody may do here, and the roles each of it comes from. */
export function EffectiveActions({ entries, people, roles }: EffectiveActionsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const actions = useQuery(actionsQuery);
  const inside = people.filter((person) => entries.some((entry) => entry._id === person._id));
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
      <PersonSelect
        aria-label="Person to check"
        people={inside}
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
