import type { ReactNode } from "react";
import classes from "./Columns.module.css";

/** Main content and a narrower column beside it; one below the other on small screens. */
export function Columns({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>{main}</div>
      <div className={classes.stack}>{side}</div>
    </div>
  );
}
