import { Checkbox } from "@mantine/core";
import type { Action } from "@/api/types";
import { t } from "@/i18n/text";
import { explained, sectionsOf } from "@/parts/actions/explanations";
import { Message } from "@/ui/Message";
import classes from "./ActionMatrix.module.css";
import { neededBy, tick, untick } from "./actionSet";

interface ActionMatrixProps {
  actions: Action[];
  held: ReadonlySet<string>;
  before: ReadonlySet<string>;
  search: string;
  mayEdit: boolean;
  onChange: (held: Set<string>) => void;
}

/** Analyses may be hidden on purpose; every other required action stays ticked. */
const isFixed = (action: Action) => action.required && action.action !== "analyses_view_metadata";

function reason(action: Action, held: ReadonlySet<string>, all: Action[]): string | null {
  if (isFixed(action)) return t("in every role");
  const needing = held.has(action.action) ? neededBy(held, action.action, all) : [];
  return needing.length > 0
    ? t("needed by {actions}", { actions: needing.map((one) => one.action).join(", ") })
    : null;
}

/** Everything a role can allow, under headings, in sentences. */
export function ActionMatrix({ actions, held, before, search, mayEdit, onChange }: ActionMatrixProps) {
  const words = search.trim().toLowerCase();
  const matches = (one: Action) =>
    `${one.action} ${one.label} ${explained(one)}`.toLowerCase().includes(words);
  const sections = sectionsOf(actions.filter(matches));
  if (sections.length === 0) return <Message title={t("No action matches")} />;
  return sections.map((section) => (
    <fieldset key={section.title} className={classes.section}>
      <legend className={classes.title}>{section.title}</legend>
      {section.actions.map((one) => {
        const ticked = held.has(one.action);
        const why = reason(one, held, actions);
        return (
          <Checkbox
            key={one.action}
            className={classes.action}
            data-changed={ticked !== before.has(one.action) || undefined}
            checked={ticked}
            disabled={!mayEdit || isFixed(one)}
            label={explained(one)}
            description={
              <>
                <span className="mono">{one.action}</span>
                {why ? ` (${why})` : null}
              </>
            }
            classNames={{ label: classes.words, description: classes.note }}
            onChange={(event) =>
              onChange((event.currentTarget.checked ? tick : untick)(held, one.action, actions))
            }
          />
        );
      })}
    </fieldset>
  ));
}
