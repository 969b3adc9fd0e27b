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
import classes from "./Rail.module.css";

interface RailProps {
  administers: boolean;
  narrow: boolean;
  onToggle?: () => void;
  onGo?: () => void;
}

const PLACES = [
  { to: "/", words: "Home", icon: IconHome, exact: true, admin: false },
  { to: "/projects", words: "Projects", icon: IconFolders, exact: false, admin: false },
  { to: "/search", words: "Search", icon: IconListSearch, exact: false, admin: false },
  { to: "/collections", words: "Collections", icon: IconStack2, exact: false, admin: false },
  { to: "/jobs", words: "Jobs", icon: IconProgress, exact: false, admin: false },
  { to: "/gears", words: "Gears", icon: IconSettingsAutomation, exact: false, admin: false },
  { to: "/misrouted", words: "Mis-routed", icon: IconRouteOff, exact: false, admin: false },
  { to: "/admin/users", words: "Users", icon: IconUsers, exact: false, admin: true },
  { to: "/groups", words: "Groups", icon: IconUsersGroup, exact: false, admin: true },
  { to: "/admin/roles", words: "Roles", icon: IconShieldCheck, exact: false, admin: true },
  { to: "/admin/devices", words: "Devices", icon: IconDevices, exact: false, admin: true },
  { to: "/admin/modalities", words: "Modalities", icon: IconTags, exact: false, admin: true },
  { to: "/admin/deid", words: "De-identification", icon: IconEyeOff, exact: false, admin: true },
  { to: "/admin/log", words: "Access log", icon: IconListDetails, exact: false, admin: true },
  { to: "/admin/trash", words: "Trash", icon: IconTrash, exact: false, admin: true },
  { to: "/admin/usage", words: "Usage", icon: IconChartBar, exact: false, admin: true },
  { to: "/admin/site", words: "Site", icon: IconServer, exact: false, admin: true },
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
      aria-label="Main"
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
          aria-label={narrow ? "Widen navigation" : "Collapse navigation"}
        >
          <Toggle size={20} stroke={1.6} />
          <span className={classes.words}>Collapse</span>
        </button>
      ) : null}
    </nav>
  );
}
