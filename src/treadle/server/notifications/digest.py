"""One e-mail a day to who wants it, when something is new. It names nothing: mailboxes lie elsewhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, update

from treadle.server.access.guard import Guard
from treadle.server.access.identity import by_user
from treadle.server.access.tables import app_user
from treadle.server.kit.mail import NotSentError, send_mail
from treadle.server.kit.settings import Settings
from treadle.server.notifications.listing import newer
from treadle.server.notifications.reader import MAIL_EVERY
from treadle.server.notifications.tables import notification_reader
from treadle.server.store.db import Database

log = structlog.get_logger("treadle.notifications")

_TRY_AGAIN = timedelta(hours=1)
_READER = notification_reader.c


async def send_due(database: Database, settings: Settings) -> None:
    """Write to everybody whose day is over; nothing without a mail server."""
    if settings.alerts.smtp_host is None:
        return
    while await _write_next(database, settings):
        pass


async def _write_next(database: Database, settings: Settings) -> bool:
    """What was told is written down in the transaction that tells it: twice only if the process dies just between."""
    async with database.transaction() as connection:
        row = (
            await connection.execute(
                select(_READER.user_id, _READER.seen_until, _READER.mailed_until, app_user.c.email)
                .join(app_user, app_user.c.id == _READER.user_id)
                .where(
                    _READER.mail,
                    _READER.mail_due_at <= func.now(),
                    app_user.c.deleted_at.is_(None),
                    app_user.c.disabled.is_(False),
                )
                .order_by(_READER.mail_due_at)
                .limit(1)
                .with_for_update(of=notification_reader, skip_locked=True)
            )
        ).one_or_none()
        if row is None:
            return False
        identity = await by_user(connection, row.user_id)
        guard = Guard(identity=identity, connection=connection, method="GET", path="/api/x/me/notifications")
        since = max(at for at in (row.seen_until, row.mailed_until) if at is not None)
        count = await newer(guard, row.user_id, since)
        done: dict[str, Any] = {"mailed_until": func.now(), "mail_due_at": func.now() + MAIL_EVERY}
        try:
            if count:
                await asyncio.to_thread(_write, settings, row.email, count)
                log.info("notifications_mailed", user=row.user_id, count=count)
        except NotSentError as error:
            log.warning("notifications_not_mailed", user=row.user_id, reason=str(error))
            done = {"mail_due_at": func.now() + _TRY_AGAIN}
        await connection.execute(
            update(notification_reader).where(_READER.user_id == row.user_id).values(**done)
        )
    return True


def _write(settings: Settings, to: str, count: int) -> None:
    what = "1 new notification" if count == 1 else f"{count} new notifications"
    lines = [
        f"There is {what} for you." if count == 1 else f"There are {what} for you.",
        "",
        f"Read: {settings.url}",
        f"No more e-mails: {settings.url}/me",
    ]
    send_mail(settings.alerts, [to], f"[{settings.site_name}] {what}", "\n".join(lines))
