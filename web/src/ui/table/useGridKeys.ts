import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { pick } from "./model";

interface GridKeys<T> {
  total: number;
  rowAt: (index: number) => T | undefined;
  selection: { ids: ReadonlySet<string>; onChange: (ids: Set<string>) => void } | undefined;
  onOpen: (row: T) => void;
  show: (index: number) => void;
}

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: -1e9,
  End: 1e9,
};

/** Moving, picking and opening rows with the keyboard or by clicks with Shift. */
export function useGridKeys<T extends { _id: string }>({
  total,
  rowAt,
  selection,
  onOpen,
  show,
}: GridKeys<T>) {
  const [active, setActive] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const now = Math.min(active, Math.max(0, total - 1));

  const select = (index: number, extend: boolean) => {
    const row = rowAt(index);
    if (!selection || !row) return;
    const range: string[] = [];
    if (extend) {
      for (let at = Math.min(anchor, index); at <= Math.max(anchor, index); at += 1) {
        const one = rowAt(at);
        if (one) range.push(one._id);
      }
    } else setAnchor(index);
    setActive(index);
    selection.onChange(pick(selection.ids, row._id, range));
  };

  // Rows keep the function that they were drawn with.
  const newest = useRef(select);
  useEffect(() => {
    newest.current = select;
  });
  const steady = useCallback((index: number, extend: boolean) => newest.current(index, extend), []);

  const move = (step: number, extend: boolean) => {
    const next = Math.min(Math.max(now + step, 0), total - 1);
    setActive(next);
    show(next);
    if (extend) select(next, true);
    else setAnchor(next);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || total === 0) return;
    const step = STEPS[event.key];
    const row = rowAt(now);
    if (step !== undefined) move(step, event.shiftKey);
    else if (event.key === "Enter" && row) onOpen(row);
    else if (event.key === " ") select(now, event.shiftKey);
    else if (event.key === "Escape" && selection?.ids.size) selection.onChange(new Set());
    else return;
    event.preventDefault();
  };

  return { active: now, select: steady, onKeyDown };
}
