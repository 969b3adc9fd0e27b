"""Download tickets: random, for one purpose, one hour."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.identity import Identity
from treadle.server.delivery.errors import TicketUnknown
from treadle.server.delivery.tables import download_ticket
from treadle.server.kit.clock import now
from treadle.server.store.db import Database

Kind = Literal["file", "archive"]
VALID_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Ticket:
    """What was asked for, and by whom."""

    request: dict[str, Any]
    origin: tuple[str, str | None]


async def issue(connection: AsyncConnection, identity: Identity, kind: Kind, request: dict[str, Any]) -> str:
    """A new ticket for this request."""
    ticket = secrets.token_urlsafe(32)
    origin_type, origin_id = identity.origin
    await connection.execute(
        insert(download_ticket).values(
            id=ticket,
            kind=kind,
            origin_type=origin_type,
            origin_id=origin_id,
            request=request,
            expires_at=now() + VALID_FOR,
        )
    )
    return ticket


async def redeem(connection: AsyncConnection, ticket: str, kind: Kind) -> Ticket:
    """What the ticket stands for; TicketUnknown when it is not (or no longer) good."""
    row = (
        await connection.execute(
            select(download_ticket).where(
                download_ticket.c.id == ticket,
                download_ticket.c.kind == kind,
                download_ticket.c.expires_at > now(),
            )
        )
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    return Ticket(row.request, (row.origin_type, row.origin_id))


async def drop_expired(database: Database) -> int:
    """Forget tickets past their time: how many."""
    async with database.transaction() as connection:
        gone = await connection.execute(delete(download_ticket).where(download_ticket.c.expires_at <= now()))
    return int(gone.rowcount)
