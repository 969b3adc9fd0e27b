"""Uploads that survive a broken connection, a closed browser and a restarted server: what they are, and their end.

The bytes wait where a connector's series do (`Blobs.stage`); the row of the ticket says for which container they are.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard, Guards
from treadle.server.access.identity import Identity
from treadle.server.catalog.files import clean_name
from treadle.server.ingest.errors import TicketUnknown
from treadle.server.ingest.tables import upload
from treadle.server.ingest.uploads import Arrived, count_members, find_target, place_uploads
from treadle.server.kit.clock import now
from treadle.server.store.blobs import Blobs
from treadle.server.store.blobs_rows import keep

_KIND = "resumable"


@dataclass(frozen=True)
class Resumable:
    """An upload that is under way, or `done`."""

    ticket: str
    container: str
    name: str
    size: int
    done: bool


async def open_upload(guard: Guard, *, container: str, name: str, size: int, valid_for: timedelta) -> str:
    """The ticket of a new upload."""
    ticket = secrets.token_urlsafe(32)
    origin_type, origin_id = guard.identity.origin
    await guard.connection.execute(
        insert(upload).values(
            id=ticket,
            kind=_KIND,
            origin_type=origin_type,
            origin_id=origin_id,
            size=size,
            request={"container": container, "name": clean_name(name)},
            expires_at=now() + valid_for,
        )
    )
    return ticket


async def get_upload(
    connection: AsyncConnection, identity: Identity, ticket: str, *, lock: bool = False
) -> Resumable:
    """The caller's own upload."""
    origin_type, origin_id = identity.origin
    query = select(upload).where(
        upload.c.id == ticket,
        upload.c.kind == _KIND,
        upload.c.origin_type == origin_type,
        upload.c.origin_id == origin_id,
        upload.c.expires_at > now(),
    )
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise TicketUnknown
    asked = row.request
    return Resumable(row.id, asked["container"], asked["name"], row.size, row.result is not None)


async def finish(guards: Guards, blobs: Blobs, ticket: str) -> None:
    """All bytes are there: they become a file of the container. Once, however often it is asked for."""
    receipt = await blobs.finish_staged(ticket)
    try:
        await receipt.publish()
        async with guards() as guard:
            known = await get_upload(guard.connection, guard.identity, ticket, lock=True)
            target = await find_target(guard, known.container, level=None, lock=True)
            if known.done:
                return
            arrived = Arrived(known.name, await keep(guard.connection, blobs, receipt))
            made = await place_uploads(
                guard, target, await count_members(blobs, [arrived]), metadata=None, preserve_metadata=False
            )
            await guard.connection.execute(
                update(upload).where(upload.c.id == ticket).values(result=[item.id for item in made])
            )
    finally:
        await receipt.close()
    await blobs.drop_staged(ticket)
