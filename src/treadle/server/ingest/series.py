"""The connector's way in: announce a series, send its parts, complete (connector.md 9).

At least once on the wire, exactly once in the archive: the key (study, series, bucket) and the digest of the
content decide; every call may be repeated and gives the same answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import Route
from treadle.server.access.guard import Guard
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.files import NewFile, clean_name, place_file
from treadle.server.catalog.instances import put_instances
from treadle.server.catalog.rows import File
from treadle.server.ingest import queries
from treadle.server.ingest.errors import TicketUnknown
from treadle.server.ingest.parking import find_destination
from treadle.server.ingest.placement import Placed, Wanted, parking_reason, place_series, reroute
from treadle.server.ingest.tables import upload
from treadle.server.ingest.uploads import require_deid
from treadle.server.kit.clock import now
from treadle.server.privacy.places import Place, way_up
from treadle.server.store.blobs import BlobRef

_KIND = "series"
_ZIP = ".dicom.zip"


@dataclass(frozen=True)
class Announcement:
    """What a connector says before it sends a series."""

    key: dict[str, str]
    digest: str
    size: int
    sha256: str
    wanted: Wanted
    request: dict[str, Any]

    @property
    def upload_key(self) -> str:
        """Names this content of this series."""
        return "\x1f".join((self.key["study"], self.key["series"], self.key["bucket"], self.digest))


@dataclass(frozen=True)
class OpenSeries:
    """An upload that is under way."""

    ticket: str
    size: int
    sha256: str
    request: dict[str, Any]
    result: dict[str, Any] | None


async def known_series(connection: AsyncConnection, said: Announcement) -> dict[str, Any] | None:
    """The answer for content that is already placed: where it is, after any re-routing."""
    found = await queries.series_file(connection, said.key)
    if found is None or (found.series or {}).get("digest") != said.digest:
        return None
    await queries.lock_study(connection, said.wanted.study_uid)
    acquisition = await get_container(connection, found.parent_id)
    session = await queries.live_by_id(connection, acquisition.session_id or "", "session")
    if session is not None:
        destination = await find_destination(
            connection,
            said.wanted.route,
            create_projects=said.wanted.create_projects,
            device=said.wanted.device,
        )
        session = await reroute(connection, said.wanted, destination, session)
        acquisition = await get_container(connection, acquisition.id)
        placed = Placed(session, acquisition, parking_reason(session))
        return {"status": "unchanged", **_answer(found, placed)}
    return None


async def bound_for(connection: AsyncConnection, wanted: Wanted) -> tuple[Place, ...]:
    """The places whose profile decides about a series that is announced."""
    found = await find_destination(
        connection, wanted.route, create_projects=wanted.create_projects, device=wanted.device
    )
    return way_up(project=found.project.id if found.project else None, group=found.target.group)


async def open_series(
    connection: AsyncConnection, said: Announcement, *, origin: tuple[str, str | None], valid_for: timedelta
) -> str:
    """The ticket for this content, the same one for everybody who announces it."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 13))"), {"key": said.upload_key}
    )
    found = (
        await connection.execute(
            select(upload.c.id, upload.c.size, upload.c.sha256).where(
                upload.c.series_key == said.upload_key, upload.c.result.is_(None), upload.c.expires_at > now()
            )
        )
    ).one_or_none()
    values = {
        "request": said.request,
        "size": said.size,
        "sha256": said.sha256,
        "expires_at": now() + valid_for,
    }
    if found is not None and (found.size, found.sha256) == (said.size, said.sha256):
        await connection.execute(update(upload).where(upload.c.id == found.id).values(values))
        return str(found.id)
    # The same content packed differently (another release of the connector), or an upload past its time:
    # it gives up its key and expires.
    await connection.execute(
        update(upload)
        .where(upload.c.series_key == said.upload_key, upload.c.result.is_(None))
        .values(series_key=None, expires_at=now())
    )
    ticket = secrets.token_urlsafe(32)
    await connection.execute(
        insert(upload).values(
            id=ticket,
            kind=_KIND,
            origin_type=origin[0],
            origin_id=origin[1],
            series_key=said.upload_key,
            **values,
        )
    )
    return ticket


async def get_open(connection: AsyncConnection, ticket: str, *, lock: bool = False) -> OpenSeries:
    """The upload of this ticket."""
    query = select(upload).where(upload.c.id == ticket, upload.c.kind == _KIND)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None or (row.expires_at <= now() and row.result is None):
        raise TicketUnknown
    return OpenSeries(row.id, row.size, row.sha256, row.request, row.result)


async def complete_series(
    guard: Guard,
    ticket: str,
    *,
    wanted: Wanted,
    key: Mapping[str, str],
    digest: str,
    blob: BlobRef,
    new: NewFile,
    instances: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Containers, file version, instance index and the answer, all in this transaction."""
    connection = guard.connection
    placed = await place_series(connection, replace(wanted, origin=guard.identity.origin))
    made = await _place(connection, placed, new=new, key=dict(key), digest=digest, blob=blob, guard=guard)
    await put_instances(connection, made.id, instances)
    result = _answer(made, placed)
    await connection.execute(
        update(upload).where(upload.c.id == ticket).values(result=result, series_key=None)
    )
    return result


async def _place(
    connection: AsyncConnection,
    placed: Placed,
    *,
    new: NewFile,
    key: dict[str, str],
    digest: str,
    blob: BlobRef,
    guard: Guard,
) -> File:
    old = await queries.series_file(connection, key, acquisition_id=placed.acquisition.id)
    if old is not None and (old.series or {}).get("digest") == digest and old.blob_sha384 == blob.sha384:
        return old  # another connector was faster
    name = old.name if old else await free_name(connection, placed.acquisition.id, clean_name(new.name))
    await require_deid(guard, placed.acquisition, [new.deid])
    made = await place_file(
        connection,
        parent=placed.acquisition,
        new=replace(new, name=name, blob=blob, series={**key, "digest": digest}),
        origin=guard.identity.origin,
    )
    await guard.record("replace_file" if old else "create_file", made.context)
    return made


async def free_name(connection: AsyncConnection, acquisition_id: str, name: str) -> str:
    """The name, or `<label>_dup-n.dicom.zip` when another series has it."""
    taken = await queries.file_names(connection, acquisition_id)
    stem, suffix = (name[: -len(_ZIP)], _ZIP) if name.endswith(_ZIP) else (name, "")
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{stem}_dup-{number}{suffix}"
    return free


def _answer(placed_file: File, placed: Placed) -> dict[str, Any]:
    return {
        "file_id": placed_file.file_id,
        "version": placed_file.version,
        "placement": placed.ids(),
        "reason": placed.reason,
    }


def read_route(raw: Mapping[str, Any]) -> Route:
    """The parsed routing string of an announcement."""
    return Route(
        form=raw.get("form") or "none",
        requested_group=raw.get("requested_group"),
        group=raw.get("group"),
        project=raw.get("project"),
        subject=raw.get("subject"),
        session=raw.get("session"),
        status=raw.get("status") or "no_routing_string",
        flags=tuple(raw.get("flags") or ()),
    )
