import { Text, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconUserPlus } from "@tabler/icons-react";
import { type UseInfiniteQueryResult, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Notification, Notifications } from "@/api/types";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { ago, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { MoreButton } from "@/ui/MoreButton";
import classes from "./Notifications.module.css";
import { addressOf, isNew, notificationsQuery, see, wordsOf } from "./notifications";

interface NotificationListProps {
  found: UseInfiniteQueryResult<{ pages: Notifications[] }>;
  onGo: () => void;
}

/** What concerns the user; who opens it has seen it. */
export function NotificationList({ found, onGo }: NotificationListProps) {
  const queries = useQueryClient();
  const first = found.data?.pages[0];
  // What was new when it was opened stays marked until it is closed.
  const [seen, setSeen] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    if (first) setSeen((old) => (old === undefined ? first.seen_until : old));
  }, [first]);
  const newest = first?.notifications[0]?.at;
  const unseen = first?.unseen ?? 0;
  useEffect(() => {
    if (newest === undefined || unseen === 0) return;
    void see(newest)
      .then(() => queries.invalidateQueries(notificationsQuery))
      .catch(() => undefined); // they stay new
  }, [newest, unseen, queries]);
  const shown = found.data?.pages.flatMap((page) => page.notifications) ?? [];
  if (found.isError)
    return <Failure what={t("Notifications")} error={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <Loading rows={3} />;
  if (shown.length === 0)
    return (
      <Message title={t("Nothing new")}>
        {t("Runs of yours that fail, and what others let you into, appear here for 30 days.")}
      </Message>
    );
  return (
    <>
      <ul className={classes.list}>
        {shown.map((one) => (
          <Row key={`${one.at}${addressOf(one)}`} one={one} fresh={isNew(one, seen ?? null)} onGo={onGo} />
        ))}
      </ul>
      <MoreButton found={found} words={t("Show earlier ones")} />
    </>
  );
}

function Row({ one, fresh, onGo }: { one: Notification; fresh: boolean; onGo: () => void }) {
  const failed = one.kind === "jobs_failed";
  return (
    <li data-testid="notification">
      <Link to={addressOf(one)} onClick={onGo}>
        {failed ? (
          <IconAlertTriangle size={20} stroke={1.6} className={classes.bad} />
        ) : (
          <IconUserPlus size={20} stroke={1.6} />
        )}
        <span className={fresh ? classes.new : undefined}>
          {wordsOf(one)}
          {fresh ? <VisuallyHidden>, {t("new")}</VisuallyHidden> : null}
        </span>
        <Text size="xs" c="dimmed" title={dateTime(one.at)}>
          {[ago(one.at), one.job?.reason].filter(Boolean).join(" · ")}
        </Text>
      </Link>
    </li>
  );
}
