import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { api } from "@/api/client";
import { followEvents } from "@/api/live";
import { useMe } from "@/api/queries";
import { forgetHistory } from "@/features/search/history";
import { t } from "@/i18n/text";
import { SearchBox } from "@/parts/find/SearchBox";
import { useUploads } from "@/parts/upload/queue";
import { CrumbsProvider } from "@/ui/layout/crumbsContext";
import { Shell } from "@/ui/layout/Shell";
import { PanelBoundary } from "@/ui/PanelBoundary";
import classes from "./Frame.module.css";

const Bell = lazy(async () => ({ default: (await import("@/parts/notifications/Bell")).Bell }));
const UploadTray = lazy(async () => ({ default: (await import("@/parts/upload/UploadTray")).UploadTray }));

/** The frame around every page but login and viewer: rail, top bar, live updates. */
export function Frame() {
  const me = useMe();
  const queries = useQueryClient();
  const sending = useUploads().length > 0;
  // Of the page that is drawn: the address is already the next one while that loads.
  const path = useRouterState({ select: (state) => state.matches.at(-1)?.pathname });
  useEffect(() => followEvents(queries), [queries]);

  const logOut = async () => {
    await api.post("/x/logout").catch(() => null);
    // Others may use this browser, too, and queries may name subjects.
    forgetHistory(me.user._id);
    // A fresh page forgets everything this one has loaded.
    window.location.assign("/login");
  };
  const administers = me.user.root || me.user.roles.includes("site_admin");
  return (
    <CrumbsProvider>
      <Shell
        siteName={me.site.name}
        userName={[me.user.firstname, me.user.lastname].filter(Boolean).join(" ") || me.user.email}
        email={me.user.email}
        administers={administers}
        onLogOut={() => void logOut()}
        search={<SearchBox />}
        bell={
          <Suspense fallback={<span className={classes.bell} />}>
            <Bell />
          </Suspense>
        }
      >
        <PanelBoundary what={t("page")} key={path}>
          <Outlet />
        </PanelBoundary>
        <Suspense>{sending ? <UploadTray /> : null}</Suspense>
      </Shell>
    </CrumbsProvider>
  );
}
