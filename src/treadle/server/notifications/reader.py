"""What a user has seen, and whether they want e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.notifications.tables import notification_reader

MAIL_EVERY = timedelta(days=1)
_COLUMNS = notification_reader.c


@dataclass(frozen=True)
class Reader:
    """How a user reads their notifications."""

    seen_until: datetime | None = None
    mail: bool = False


async def reader_of(connection: AsyncConnection, user_id: str) -> Reader:
    """How this user does."""
    chosen = select(_COLUMNS.seen_until, _COLUMNS.mail).where(_COLUMNS.user_id == user_id)
    row = (await connection.execute(chosen)).one_or_none()
    return Reader() if row is None else Reader(row.seen_until, mail=row.mail)


async def see(connection: AsyncConnection, user_id: str, until: datetime) -> None:
    """They have seen all until then; never less than before, never what is still to come."""
    seen = func.least(until, func.now())
    later = func.greatest(_COLUMNS.seen_until, seen)
    await _write(connection, user_id, {"seen_until": seen}, {"seen_until": later})


async def want_mail(connection: AsyncConnection, user_id: str, *, mail: bool) -> None:
    """They want an e-mail a day about what is new from now on, or none."""
    begun: dict[str, Any] = {
        "mail": mail,
        "mailed_until": func.now(),
        "mail_due_at": func.now() + MAIL_EVERY,
    }
    await _write(connection, user_id, begun, begun)


async def _write(
    connection: AsyncConnection,
    user_id: str,
    new: dict[str, ColumnElement[Any]],
    known: dict[str, ColumnElement[Any]],
) -> None:
    told = upsert(notification_reader).values(user_id=user_id, **new)
    await connection.execute(told.on_conflict_do_update(index_elements=[_COLUMNS.user_id], set_=known))
