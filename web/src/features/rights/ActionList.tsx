import type { Action } from "@/api/types";
import { explained, sectionsOf } from "@/parts/actions/explanations";
import classes from "./ActionList.module.css";

interface ActionListProps {
  actions: Action[];
  /** Names of roles, and of whatever else lets one do this. */
  from: (action: string) => string[];
  /** Names of actions that the catalogue does not know. */
  others?: string[];
}

/** What somebody may do, in sentences, with what gives it to them. */
export function ActionList({ actions, from, others = [] }: ActionListProps) {
  const line = (name: string, words: string) => (
    <li key={name}>
      <span>{words}</span>
      <span className="dim">{from(name).join(", ")}</span>
    </li>
  );
  return (
    <div className={classes.list}>
      {sectionsOf(actions).map((section) => (
        <section key={section.title}>
          <h3 className={classes.title}>{section.title}</h3>
          <ul className={classes.actions}>
            {section.actions.map((one) => line(one.action, explained(one)))}
          </ul>
        </section>
      ))}
      <ul className={classes.actions}>{others.map((name) => line(name, name.replaceAll("_", " ")))}</ul>
    </div>
  );
}
