import { Tooltip } from "@mantine/core";
import {
  IconChartBar,
  IconDevices,
  IconEyeOff,
  IconFolders,
  IconHome,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconListDetails,
  IconListSearch,
  IconProgress,
  IconRouteOff,
  IconServer,
  IconSettingsAutomation,
  IconShieldCheck,
  IconStack2,
  IconTags,
  IconTrash,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { t, tIn } from "@/i18n/text";
import classes from "./Rail.module.css";

interface RailProps {
  administers: boolean;
  narrow: boolean;
  onToggle?: () => void;
  onGo?: () => void;
}

const PLACES = [
  { to: "/", words: t("Home"), icon: IconHome, exact: true, admin: false },
  { to: "/projects", words: t("Projects"), icon: IconFolders, exact: false, admin: false },
  { to: "/search", words: tIn("page", "Search"), icon: IconListSearch, exact: false, admin: false },
  { to: "/collections", words: t("Collections"), icon: IconStack2, exact: false, admin: false },
  { to: "/jobs", words: t("Jobs"), icon: IconProgress, exact: false, admin: false },
  { to: "/gears", words: t("Gears"), icon: IconSettingsAutomation, exact: false, admin: false },
  { to: "/misrouted", words: t("Mis-routed"), icon: IconRouteOff, exact: false, admin: false },
  { to: "/admin/users", words: t("Users"), icon: IconUsers, exact: false, admin: true },
  { to: "/groups", words: t("Groups"), icon: IconUsersGroup, exact: false, admin: true },
  { to: "/admin/roles", words: t("Roles"), icon: IconShieldCheck, exact: false, admin: true },
  { to: "/admin/devices", words: t("Devices"), icon: IconDevices, exact: false, admin: true },
  { to: "/admin/modalities", words: t("Modalities"), icon: IconTags, exact: false, admin: true },
  { to: "/admin/deid", words: t("De-identification"), icon: IconEyeOff, exact: false, admin: true },
  { to: "/admin/log", words: t("Access log"), icon: IconListDetails, exact: false, admin: true },
  { to: "/admin/trash", words: t("Trash"), icon: IconTrash, exact: false, admin: true },
  { to: "/admin/usage", words: t("Usage"), icon: IconChartBar, exact: false, admin: true },
  { to: "/admin/site", words: t("Site"), icon: IconServer, exact: false, admin: true },
] as const;

/** Pages of what lies in projects, or above them. */
const IN_A_PROJECT = /^\/(sessions|acquisitions|files|who)\//;

/** The main places of the app. */
export function Rail({ administers, narrow, onToggle, onGo }: RailProps) {
  const inProject = useRouterState({ select: (state) => IN_A_PROJECT.test(state.location.pathname) });
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav
      className={classes.rail}
      aria-label={t("Main")}
      data-narrow={narrow || undefined}
      data-drawer={onGo ? true : undefined}
    >
      {PLACES.filter((place) => administers || !place.admin).map(
        ({ to, words, icon: Icon, exact, admin }) => (
          <Tooltip key={to} label={words} position="right" disabled={!narrow}>
            <Link
              to={to}
              className={classes.item}
              activeOptions={{ exact, includeSearch: false }}
              activeProps={{ "data-here": true, "aria-current": "page" }}
              data-admin={admin || undefined}
              {...(inProject && to === "/projects" ? { "data-here": true } : {})}
              {...(onGo ? { onClick: onGo } : {})}
            >
              <Icon size={20} stroke={1.6} />
              <span className={classes.words}>{words}</span>
            </Link>
          </Tooltip>
        ),
      )}
      {onToggle ? (
        <button
          type="button"
          className={`${classes.item} ${classes.toggle}`}
          onClick={onToggle}
          aria-label={narrow ? t("Widen navigation") : t("Collapse navigation")}
        >
          <Toggle size={20} stroke={1.6} />
          <span className={classes.words}>{t("Collapse")}</span>
        </button>
      ) : null}
    </nav>
  );
}
