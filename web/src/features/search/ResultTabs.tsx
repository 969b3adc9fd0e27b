import { Link } from "@tanstack/react-router";
import { figure, t } from "@/i18n/text";
import tabs from "@/ui/TabLinks.module.css";
import classes from "./Search.module.css";
import { type Facets, KINDS, type Kind } from "./search";

interface ResultTabsProps {
  kind: Kind;
  counts: Facets | undefined;
}

/** Of which kind the results are, and how many there are of each; chosen columns and order belong to one kind. */
export function ResultTabs({ kind, counts }: ResultTabsProps) {
  return (
    <nav aria-label={t("Results")} className={tabs.tabs}>
      {KINDS.map((one) => {
        const counted = counts?.[`${one.kind}_count`];
        return (
          <Link
            key={one.kind}
            to="/search"
            search={(old) => ({ ...old, kind: one.kind, columns: undefined, sort: undefined })}
            className={tabs.tab}
            data-here={one.kind === kind || undefined}
            aria-current={one.kind === kind ? "page" : undefined}
          >
            {one.words}
            {counted ? (
              <span className={classes.number}>
                {figure(counted.value)}
                {counted.relation === "gte" ? "+" : ""}
              </span>
            ) : null}
          </Link>
        );
      })}
    </nav>
  );
}
