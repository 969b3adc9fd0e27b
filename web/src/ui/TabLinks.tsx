import { Link } from "@tanstack/react-router";
import classes from "./TabLinks.module.css";

/** On phones the row of tabs is longer than the screen. */
const intoView = (link: HTMLAnchorElement | null) =>
  link?.scrollIntoView({ block: "nearest", inline: "center" });

/** Tabs that are addresses: each can be linked and reloaded. */
export function TabLinks({
  label,
  tabs,
}: {
  label: string;
  tabs: { href: string; words: string; here: boolean }[];
}) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          to={tab.href}
          className={classes.tab}
          data-here={tab.here || undefined}
          aria-current={tab.here ? "page" : undefined}
          ref={tab.here ? intoView : undefined}
        >
          {tab.words}
        </Link>
      ))}
    </nav>
  );
}
