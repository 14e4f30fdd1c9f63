import type { ReactNode } from "react";
import classes from "./Page.module.css";

/** A page that scrolls as a whole, in a readable width. */
export function Page({ children }: { children: ReactNode }) {
  return (
    <div className={classes.scroll}>
      <div className={classes.inner}>{children}</div>
    </div>
  );
}
