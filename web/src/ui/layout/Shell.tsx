import { ActionIcon, Drawer, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard, IconMenu2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { t } from "@/i18n/text";
import { Logo } from "@/ui/Logo";
import { usePreference } from "@/ui/table/usePreference";
import { Crumbs } from "./Crumbs";
import { Rail } from "./Rail";
import classes from "./Shell.module.css";
import { UserMenu } from "./UserMenu";
import { useAppKeys } from "./useAppKeys";

const KeysHelp = lazy(async () => ({ default: (await import("./KeysHelp")).KeysHelp }));

interface ShellProps {
  siteName: string;
  userName: string;
  email: string;
  administers: boolean;
  onLogOut: () => void;
  search: ReactNode;
  bell: ReactNode;
  children: ReactNode;
}

/** Rail at the left (a drawer on phones), top bar, page. */
export function Shell({
  siteName,
  userName,
  email,
  administers,
  onLogOut,
  search,
  bell,
  children,
}: ShellProps) {
  const [narrow, setNarrow] = usePreference("rail.narrow", false);
  const [drawer, drawerSwitch] = useDisclosure(false);
  const [help, helpSwitch] = useDisclosure(false);
  useAppKeys(helpSwitch.open);
  return (
    <div className={classes.shell} data-narrow={narrow || undefined}>
      <a className={classes.skip} href="#page">
        {t("Skip to content")}
      </a>
      <aside className={classes.rail}>
        <Link to="/" className={classes.brand} aria-label={t("{siteName}: home", { siteName })}>
          <Logo />
          <span className={`${classes.word} cut`}>{siteName}</span>
        </Link>
        <Rail administers={administers} narrow={narrow} onToggle={() => setNarrow(!narrow)} />
      </aside>
      <Drawer opened={drawer} onClose={drawerSwitch.close} size={260} title={siteName} padding="xs">
        <Rail administers={administers} narrow={false} onGo={drawerSwitch.close} />
      </Drawer>
      <header className={classes.top}>
        <ActionIcon
          className={classes.burger}
          variant="subtle"
          color="gray"
          size={36}
          onClick={drawerSwitch.open}
          aria-label={t("Open navigation")}
        >
          <IconMenu2 size={20} />
        </ActionIcon>
        <Crumbs />
        {search}
        <Tooltip label={t("Keyboard (?)")}>
          <ActionIcon
            className={classes.wide}
            variant="subtle"
            color="gray"
            size={34}
            onClick={helpSwitch.open}
            aria-label={t("Keyboard shortcuts")}
          >
            <IconKeyboard size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        {bell}
        <UserMenu name={userName} email={email} onLogOut={onLogOut} />
      </header>
      <main className={classes.page} id="page" tabIndex={-1}>
        {children}
      </main>
      <Suspense>{help ? <KeysHelp opened onClose={helpSwitch.close} /> : null}</Suspense>
    </div>
  );
}
