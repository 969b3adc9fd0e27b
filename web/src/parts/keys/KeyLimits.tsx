import { Badge, Tooltip } from "@mantine/core";
import type { ApiKey } from "@/api/types";
import { figure, t } from "@/i18n/text";
import { scopeWords } from "./scope";

const MOST_NAMED = 20;

interface KeyLimitsProps {
  of: ApiKey;
  /** Labels of projects, asked for once for all keys. */
  label: (project: string) => string;
}

/** What a key is cut down to; the tooltip names projects and actions. */
export function KeyLimits({ of: { scope }, label }: KeyLimitsProps) {
  if (!scope) return <span className="dim">{t("none")}</span>;
  const lines = [
    ...(scope.projects ?? []).map((id) => label(id) || id),
    ...(scope.actions ?? []).map((name) => name.replaceAll("_", " ")),
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
          {lines.length > MOST_NAMED
            ? t("and {count} more", { count: figure(lines.length - MOST_NAMED) })
            : null}
        </>
      }
    >
      <Badge color="indigo" size="sm" tt="none" fw={500} tabIndex={0}>
        {scopeWords({ scope })}
      </Badge>
    </Tooltip>
  );
}
