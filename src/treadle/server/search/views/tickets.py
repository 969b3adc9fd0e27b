"""Tickets for a view's data: one address, one request, one hour, without credentials."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from treadle.server.access.guard import Guard
from treadle.server.access.identity import again
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Unauthenticated
from treadle.server.search.errors import TicketUnknown
from treadle.server.search.tables import data_view_ticket

VALID_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Call:
    """A request for data: whose, and with which parameters and body."""

    guard: Guard
    query: dict[str, str]
    body: Any


async def issue(call: Call, path: str) -> str:
    """A ticket that repeats this call."""
    ticket = secrets.token_urlsafe(32)
    await call.guard.connection.execute(
        insert(data_view_ticket).values(
            id=ticket,
            user_id=call.guard.require_user(),
            path=path,
            request={"query": call.query, "body": call.body, "by": call.guard.identity.claim},
            expires_at=now() + VALID_FOR,
        )
    )
    return ticket


async def redeem(guard: Guard, ticket: str, path: str) -> Call:
    """The call the ticket stands for, in the name of who asked for it; TicketUnknown when it is no longer good."""
    guard.decided()
    row = (
        await guard.connection.execute(
            select(data_view_ticket).where(
                data_view_ticket.c.id == ticket,
                data_view_ticket.c.path == path,
                data_view_ticket.c.expires_at > now(),
            )
        )
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    try:
        identity = await again(guard.connection, row.request["by"])
    except Unauthenticated:
        raise TicketUnknown from None
    return Call(replace(guard, identity=identity), row.request["query"], row.request["body"])
