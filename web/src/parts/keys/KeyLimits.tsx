import { Badge, Tooltip } from "@mantine/core";
import type { ApiKey } from "@/api/types";
import { useProjectLabels } from "@/api/useProjectLabels";
import { scopeWords } from "./scope";

const MOST_NAMED = 20;

/** What a key is cut down to; the tooltip names projects and actions. */
export function KeyLimits({ of: { scope } }: { of: ApiKey }) {
  if (!scope) return <span className="dim">none</span>;
  return (
    <Restricted projects={scope.projects ?? []} actions={scope.actions ?? []} words={scopeWords({ scope })} />
  );
}

interface RestrictedProps {
  projects: string[];
  actions: string[];
  words: string;
}

function Restricted({ projects, actions, words }: RestrictedProps) {
  const label = useProjectLabels(projects);
  const lines = [
    ...projects.map((id) => label(id) || id),
    ...actions.map((name) => name.replaceAll("_", " ")),
  ];
  const shown = lines.slice(0, MOST_NAMED);
  return (
    <Tooltip
      multiline
      w={260}
      label={
        <>
          {shown.map((line) => (
            <div key={line}>{line}</div>
          ))}
          {lines.length > MOST_NAMED ? `and ${lines.length - MOST_NAMED} more` : null}
        </>
      }
    >
      <Badge color="indigo" size="sm" tt="none" fw={500} tabIndex={0}>
        {words}
      </Badge>
    </Tooltip>
  );
}
