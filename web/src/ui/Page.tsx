import type { ReactNode } from "react";
import classes from "./Page.module.css";

/** A page's content; `fill` gives the last part (a long table) the rest of the height. */
export function Page({ fill = false, children }: { fill?: boolean; children: ReactNode }) {
  return <div className={fill ? `${classes.page} ${classes.fill}` : classes.page}>{children}</div>;
}
