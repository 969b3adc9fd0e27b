import type { ReactNode } from "react";
import classes from "./FilterBar.module.css";

/** One row of filter fields, with things about the table at its end. */
export function FilterBar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className={classes.bar}>
      <div className={classes.fields}>{children}</div>
      {end}
    </div>
  );
}
