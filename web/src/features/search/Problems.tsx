import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import classes from "./Search.module.css";
import type { Parsed, Problem } from "./search";

interface ProblemsProps {
  errors: Problem[];
  warnings: Parsed["warnings"];
  /** Somebody is still typing: nothing is said aloud yet. */
  waiting: boolean;
}

/** Below the text: what is wrong with it, where, and how it may have been meant. */
export function Problems({ errors, warnings, waiting }: ProblemsProps) {
  return (
    <div role="status" aria-live={waiting ? "off" : "polite"} aria-label={t("Mistakes in the query")}>
      {errors.map((one) => (
        <p key={`${one.offset} ${one.message}`} className={classes.mistake} data-bad>
          <IconAlertTriangle size={15} aria-hidden="true" />
          <span>
            {t("Line {line}, position {pos}: {message}", {
              line: one.line,
              pos: one.pos,
              message: one.message,
            })}
            <Perhaps suggestion={one.suggestion} />
          </span>
        </p>
      ))}
      {warnings.map((one) => (
        <p key={`${one.offset} ${one.message}`} className={classes.mistake}>
          <IconInfoCircle size={15} aria-hidden="true" />
          <span>
            {one.message}
            <Perhaps suggestion={one.suggestion} />
          </span>
        </p>
      ))}
    </div>
  );
}

function Perhaps({ suggestion }: { suggestion?: string | null }) {
  return suggestion ? <span className="dim"> {t("Perhaps: {suggestion}", { suggestion })}</span> : null;
}
