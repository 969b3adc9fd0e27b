"""Gears on their way in: announced with their manifest, saved when image or folder has been pushed (gears.md 3)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.address import IMAGE
from treadle.server.access.guard import Guard
from treadle.server.gears.add import Submission
from treadle.server.gears.errors import TicketUnknown
from treadle.server.gears.queries import Json
from treadle.server.gears.tables import gear_ticket
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.kit.ids import new_id
from treadle.server.store.blobs import BlobRef
from treadle.server.store.db import Database

_VALID_FOR = timedelta(hours=24)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_REPOSITORY = re.compile(r"[\w.-]+(:\d+)?(/[\w.-]+)*", re.ASCII)
_LONGEST = 400


async def open_ticket(guard: Guard, submission: Submission) -> str:
    """The id of a new ticket of the caller."""
    ticket_id = new_id()
    await guard.connection.execute(
        insert(gear_ticket).values(
            id=ticket_id,
            user_id=guard.require_account(),
            category=submission.category,
            manifest=submission.manifest,
            exchange=submission.exchange,
            expires_at=now() + _VALID_FOR,
        )
    )
    return ticket_id


async def find(guard: Guard, ticket_id: object, *, lock: bool = False) -> Row[Any]:
    """The ticket, of the caller or, for a site administrator, of anybody."""
    chosen = select(gear_ticket).where(gear_ticket.c.id == str(ticket_id), gear_ticket.c.expires_at > now())
    if not guard.identity.is_site_admin:
        chosen = chosen.where(gear_ticket.c.user_id == guard.identity.id)
    row = (await guard.connection.execute(chosen.with_for_update() if lock else chosen)).one_or_none()
    if row is None:
        raise TicketUnknown
    return row


async def own(guard: Guard) -> list[str]:
    """Ids of the caller's tickets, oldest first."""
    chosen = select(gear_ticket.c.id).where(
        gear_ticket.c.user_id == guard.identity.id, gear_ticket.c.expires_at > now()
    )
    return list((await guard.connection.execute(chosen.order_by(gear_ticket.c.id))).scalars())


async def attach(connection: AsyncConnection, ticket_id: str, rootfs: BlobRef) -> None:
    """The gear's folder has arrived."""
    await connection.execute(
        update(gear_ticket)
        .where(gear_ticket.c.id == ticket_id)
        .values(rootfs_sha384=rootfs.sha384, rootfs_size=rootfs.size)
    )


async def forget(connection: AsyncConnection, ticket_id: str) -> None:
    """It has done its work."""
    await connection.execute(delete(gear_ticket).where(gear_ticket.c.id == ticket_id))


async def drop_expired(database: Database) -> int:
    """Forget gears that were announced and never saved: how many."""
    async with database.transaction() as connection:
        gone = await connection.execute(delete(gear_ticket).where(gear_ticket.c.expires_at <= now()))
    return int(gone.rowcount)


def folder_of(ticket: Row[Any]) -> BlobRef | None:
    """The folder that was pushed with this ticket."""
    return BlobRef(ticket.rootfs_sha384, ticket.rootfs_size) if ticket.rootfs_sha384 else None


def image_address(repository: object, pointer: object) -> Json:
    """Where an image that was pushed to a registry is, and its hash."""
    if not isinstance(repository, str) or len(repository) > _LONGEST or not _REPOSITORY.fullmatch(repository):
        raise Invalid(
            "'repo' must be the repository the image was pushed to, such as example.org/group/name."
        )
    if not isinstance(pointer, str) or not _DIGEST.fullmatch(pointer):
        raise Invalid("'pointer' must be the image's digest, sha256: and 64 hex digits.")
    return {"rootfs-hash": pointer, "rootfs-url": f"{IMAGE}{repository}@{pointer}"}
