import { Link } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { middleCut } from "@/ui/format";
import classes from "./Crumbs.module.css";
import { useShownCrumbs } from "./crumbsContext";

/** Where the open page is; on phones only its parent. */
export function Crumbs() {
  const crumbs = useShownCrumbs();
  return (
    <nav aria-label={t("Breadcrumb")} className={classes.crumbs}>
      <ol>
        {crumbs.map((crumb, index) => (
          <li key={`${crumb.href}-${crumb.label}`}>
            {crumb.href && index < crumbs.length - 1 ? (
              <Link to={crumb.href} title={crumb.label}>
                {middleCut(crumb.label, 28)}
              </Link>
            ) : (
              <span aria-current="page" title={crumb.label}>
                {middleCut(crumb.label, 36)}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
