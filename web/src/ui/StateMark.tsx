import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconLoader2,
} from "@tabler/icons-react";
import classes from "./StateMark.module.css";

const ICONS = {
  ok: IconCircleCheck,
  run: IconLoader2,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  off: IconCircleMinus,
};

interface StateMarkProps {
  state: keyof typeof ICONS;
  words: string;
  title?: string;
}

/** A state: always a colour with an icon and a word. */
export function StateMark({ state, words, title }: StateMarkProps) {
  const Icon = ICONS[state];
  return (
    <span className={classes.mark} data-state={state} title={title || undefined}>
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      {words}
    </span>
  );
}
