import type { Action } from "@/api/types";
import { t } from "@/i18n/text";
import { explained } from "@/parts/actions/explanations";
import { StateMark } from "@/ui/StateMark";

interface RoleDifferenceProps {
  added: string[];
  removed: string[];
  actions: Action[];
}

/** What a change adds and takes away. */
export function RoleDifference({ added, removed, actions }: RoleDifferenceProps) {
  const words = (name: string) => {
    const action = actions.find((one) => one.action === name);
    return action ? explained(action) : name;
  };
  if (added.length + removed.length === 0) return null;
  return (
    <ul
      aria-label={t("What changes")}
      style={{ margin: "12px 0 0", padding: 0, listStyle: "none", fontSize: 13 }}
    >
      {added.map((name) => (
        <li key={name}>
          <StateMark state="ok" words={t("Now: {name}", { name: words(name) })} />
        </li>
      ))}
      {removed.map((name) => (
        <li key={name}>
          <StateMark state="bad" words={t("No longer: {name}", { name: words(name) })} />
        </li>
      ))}
    </ul>
  );
}
