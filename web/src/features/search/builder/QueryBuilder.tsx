import { Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { printTree } from "../search";
import classes from "./Builder.module.css";
import { GroupRows } from "./GroupRows";
import { fromTree, type Group, toTree } from "./tree";

interface QueryBuilderProps {
  /** The text that `ast` is the tree of. */
  text: string;
  /** Undefined while the text has mistakes, null when it is empty. */
  ast: Json | undefined;
  /** The text as it stands now, which may not have been read yet. */
  now: string;
  onText: (text: string) => void;
}

const EMPTY: Group = { join: "and", items: [] };

/** The query as rows of fields: what changes here is written into the text, and the other way round. */
export function QueryBuilder({ text, ast, now, onText }: QueryBuilderProps) {
  const [rows, setRows] = useState<Group | null>(() => (ast === undefined ? null : fromTree(ast)));
  const [failure, setFailure] = useState<string | null>(null);
  const written = useRef(text);
  const turn = useRef(0);
  const typed = useRef(now);
  typed.current = now;
  useEffect(() => {
    // What the rows wrote themselves does not come back: unfinished rows would be lost.
    if (ast === undefined || text === written.current) return;
    written.current = text;
    setRows(fromTree(ast));
  }, [text, ast]);
  const change = async (next: Group) => {
    setRows(next);
    const mine = ++turn.current;
    const before = typed.current;
    const tree = toTree(next);
    try {
      const printed = tree === null ? "" : await printTree(tree);
      // Who goes on typing meanwhile is not overwritten: the rows follow the text then.
      const overtaken = typed.current !== before && typed.current !== written.current;
      if (mine !== turn.current || overtaken) return;
      written.current = printed;
      setFailure(null);
      onText(printed);
    } catch (error) {
      setFailure((error as Error).message);
    }
  };
  return (
    <section aria-label={t("Query builder")} className={classes.builder}>
      {rows === null ? (
        <Text size="sm" c="dimmed">
          {ast === undefined
            ? t("The text has mistakes: the builder goes on when they are gone.")
            : t("This query says more than rows can show. Edit it as text.")}
        </Text>
      ) : (
        <GroupRows group={rows ?? EMPTY} onChange={(next) => void change(next)} />
      )}
      {failure ? (
        <Text size="sm" c="var(--bad)" role="alert">
          {failure}
        </Text>
      ) : null}
    </section>
  );
}
