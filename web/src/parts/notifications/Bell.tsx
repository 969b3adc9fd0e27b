import { ActionIcon, Indicator, Popover, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { figure, plural, t } from "@/i18n/text";
import { NotificationList } from "./NotificationList";
import { notificationsQuery } from "./notifications";

// The page itself comes first.
const AFTER_MS = 2_500;
const MOST = 99;

/** How much is new to the user, and what. */
export function Bell() {
  const [open, setOpen] = useState(false);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setReady(true), AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  const found = useInfiniteQuery({ ...notificationsQuery, enabled: ready || open });
  const unseen = found.data?.pages[0]?.unseen ?? 0;
  const label =
    unseen > 0 ? plural(unseen, "{count} new notification", "{count} new notifications") : t("Notifications");
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={360} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={open}>
          <Indicator
            label={unseen > MOST ? `${figure(MOST)}+` : figure(unseen)}
            size={16}
            offset={7}
            disabled={unseen === 0}
          >
            <ActionIcon
              variant="subtle"
              color="gray"
              size={34}
              aria-label={label}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              <IconBell size={19} stroke={1.6} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("Notifications")}>
        <NotificationList found={found} onGo={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
