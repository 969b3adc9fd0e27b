import { useMemo } from "react";
import { t } from "@/i18n/text";
import { ContentBox, CutNote } from "./ContentBox";
import { type PreviewProps, useText } from "./content";
import classes from "./Preview.module.css";

const OPEN_DEPTH = 2;
const SHOWN = 1000;

/** JSON as a tree; what does not parse, or is too long for it, as text. */
export function JsonView({ file }: PreviewProps) {
  return (
    <ContentBox asked={useText(file)} empty={({ text }) => text.trim() === ""}>
      {({ text, cut }) => (
        <>
          <CutNote cut={cut} what={t("the first 1 MB")} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <section className={`mono ${classes.scroll}`} tabIndex={0} aria-label={file.name}>
            <Parsed text={text} />
          </section>
        </>
      )}
    </ContentBox>
  );
}

function Parsed({ text }: { text: string }) {
  const parsed = useMemo(() => {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      return null;
    }
  }, [text]);
  return parsed ? <Node value={parsed.value} depth={0} /> : <pre className={classes.text}>{text}</pre>;
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const label = name === undefined ? null : <b>{name}: </b>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className={classes.text}>
        {label}
        {JSON.stringify(value)}
      </div>
    );
  }
  const entries = Object.entries(value);
  const brackets = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  return (
    <details className={classes.node} open={depth < OPEN_DEPTH}>
      <summary>
        {label}
        <span className="dim">{brackets}</span>
      </summary>
      {entries.slice(0, SHOWN).map(([key, inner]) => (
        <Node key={key} name={key} value={inner} depth={depth + 1} />
      ))}
      {entries.length > SHOWN ? (
        <div className="dim">{t("and {count} more", { count: entries.length - SHOWN })}</div>
      ) : null}
    </details>
  );
}
