"""Uploads that survive a broken connection, a closed browser and a restarted server: what they are, and their end.

The bytes wait where a connector's series do (`Blobs.stage`); the row of the ticket says for which container they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from treadle.server.access.guard import Guard, Guards
from treadle.server.catalog.files import clean_name
from treadle.server.ingest.tickets import close_ticket, open_empty, take_ticket
from treadle.server.ingest.uploads import Arrived, count_members, find_target, place_uploads
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
    return await open_empty(
        guard.connection,
        guard.identity,
        kind=_KIND,
        request={"container": container, "name": clean_name(name)},
        valid_for=valid_for,
        size=size,
    )


async def get_upload(guard: Guard, ticket: str, *, lock: bool = False) -> Resumable:
    """The caller's own upload."""
    found = await take_ticket(guard.connection, guard.identity, ticket, kind=_KIND, lock=lock)
    asked = found.request
    return Resumable(found.id, asked["container"], asked["name"], found.size or 0, found.result is not None)


async def finish(guards: Guards, blobs: Blobs, ticket: str) -> None:
    """All bytes are there: they become a file of the container. Once, however often it is asked for."""
    receipt = await blobs.finish_staged(ticket)
    try:
        await receipt.publish()
        async with guards() as guard:
            known = await get_upload(guard, ticket, lock=True)
            target = await find_target(guard, known.container, level=None, lock=True)
            if known.done:
                return
            arrived = Arrived(known.name, await keep(guard.connection, blobs, receipt))
            made = await place_uploads(
                guard, target, await count_members(blobs, [arrived]), metadata=None, preserve_metadata=False
            )
            await close_ticket(guard.connection, ticket, [item.id for item in made])
    finally:
        await receipt.close()
    await blobs.drop_staged(ticket)
