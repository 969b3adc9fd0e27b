"""Uploads in three steps: ticket, bytes, completion (api.md 10.2)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.identity import Identity
from treadle.server.catalog.files import clean_name
from treadle.server.ingest.errors import TicketUnknown
from treadle.server.ingest.tables import upload, upload_part
from treadle.server.ingest.uploads import Arrived
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.store.blobs import BlobRef
from treadle.server.store.tables import blob

MAX_TICKET_FILES = 1000


@dataclass(frozen=True)
class Ticket:
    """An upload that was announced."""

    id: str
    kind: str
    request: dict[str, Any]
    size: int | None
    result: Any


@dataclass(frozen=True)
class Slot:
    """Where one announced file goes: `token` stands in the URL its bytes are put to."""

    name: str
    token: str


async def open_ticket(
    connection: AsyncConnection,
    identity: Identity,
    *,
    kind: str,
    names: Sequence[Any],
    request: dict[str, Any],
    valid_for: timedelta,
) -> tuple[str, list[Slot]]:
    """A new ticket with a place for each file."""
    if not names or len(names) > MAX_TICKET_FILES:
        raise Invalid(f"'filenames' must list 1 to {MAX_TICKET_FILES} file names.")
    ticket = await open_empty(connection, identity, kind=kind, request=request, valid_for=valid_for)
    rows = [
        {"upload_id": ticket, "position": position, "name": clean_name(name)}
        for position, name in enumerate(names)
    ]
    await connection.execute(insert(upload_part), rows)
    return ticket, [Slot(str(name), f"{ticket}.{position}") for position, name in enumerate(names)]


async def open_empty(
    connection: AsyncConnection,
    identity: Identity,
    *,
    kind: str,
    request: dict[str, Any],
    valid_for: timedelta,
    size: int | None = None,
) -> str:
    """A new ticket whose files are not known yet, or that stands for one of this size."""
    ticket = secrets.token_urlsafe(32)
    origin_type, origin_id = identity.origin
    await connection.execute(
        insert(upload).values(
            id=ticket,
            kind=kind,
            origin_type=origin_type,
            origin_id=origin_id,
            request=request,
            size=size,
            expires_at=now() + valid_for,
        )
    )
    return ticket


async def add_parts(connection: AsyncConnection, ticket: str, arrived: Sequence[Arrived]) -> None:
    """More files of a ticket that the caller has taken; a name that is there is replaced."""
    names = [item.name for item in arrived]
    await connection.execute(
        delete(upload_part).where(upload_part.c.upload_id == ticket, upload_part.c.name.in_(names))
    )
    last = await connection.execute(
        select(func.max(upload_part.c.position)).where(upload_part.c.upload_id == ticket)
    )
    start = last.scalar_one_or_none()
    rows = [
        {"upload_id": ticket, "position": position, "name": item.name, "blob_sha384": item.blob.sha384}
        for position, item in enumerate(arrived, 0 if start is None else start + 1)
    ]
    await connection.execute(insert(upload_part), rows)


def read_token(token: str) -> tuple[str, int]:
    """Ticket and position out of an upload URL's token."""
    ticket, _, position = token.rpartition(".")
    if not ticket or not position.isdigit() or len(position) > 6:
        raise TicketUnknown
    return ticket, int(position)


async def require_slot(connection: AsyncConnection, ticket: str, position: int) -> None:
    """Go on only when bytes may be put there."""
    found = await connection.execute(
        select(upload_part.c.position)
        .join(upload, upload.c.id == upload_part.c.upload_id)
        .where(
            upload.c.id == ticket,
            upload_part.c.position == position,
            upload.c.expires_at > now(),
            upload.c.result.is_(None),
        )
        .with_for_update(of=upload_part)
    )
    if found.one_or_none() is None:
        raise TicketUnknown


async def fill_slot(connection: AsyncConnection, ticket: str, position: int, ref: BlobRef) -> None:
    """The bytes of one announced file have arrived; again is fine."""
    await require_slot(connection, ticket, position)
    await connection.execute(
        update(upload_part)
        .where(upload_part.c.upload_id == ticket, upload_part.c.position == position)
        .values(blob_sha384=ref.sha384)
    )


async def take_ticket(
    connection: AsyncConnection, identity: Identity, ticket: str, *, kind: str, lock: bool = True
) -> Ticket:
    """The caller's own ticket, locked until the transaction ends unless it is only looked at."""
    origin_type, origin_id = identity.origin
    query = select(upload).where(
        upload.c.id == ticket,
        upload.c.kind == kind,
        upload.c.origin_type == origin_type,
        upload.c.origin_id == origin_id,
        upload.c.expires_at > now(),
    )
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise TicketUnknown
    return Ticket(row.id, row.kind, row.request, row.size, row.result)


async def arrived_files(connection: AsyncConnection, ticket: str) -> list[Arrived] | None:
    """The files of a ticket, or None while some have not arrived."""
    rows = (
        await connection.execute(
            select(upload_part.c.name, blob.c.sha384, blob.c.size)
            .join(blob, blob.c.sha384 == upload_part.c.blob_sha384, isouter=True)
            .where(upload_part.c.upload_id == ticket)
            .order_by(upload_part.c.position)
        )
    ).all()
    if not rows or any(row.sha384 is None for row in rows):
        return None
    return [Arrived(row.name, BlobRef(row.sha384, row.size)) for row in rows]


async def close_ticket(connection: AsyncConnection, ticket: str, result: Any) -> None:
    """Keep the answer for repeated calls; the contents now belong to files."""
    await connection.execute(update(upload).where(upload.c.id == ticket).values(result=result))
    await connection.execute(delete(upload_part).where(upload_part.c.upload_id == ticket))


async def drop_ticket(connection: AsyncConnection, ticket: str) -> None:
    """Forget the ticket; contents that arrived are collected later."""
    await connection.execute(delete(upload).where(upload.c.id == ticket))
