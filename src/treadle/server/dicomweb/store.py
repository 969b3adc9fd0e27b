"""Received instances into the project: rows, bytes and index in one transaction, as every upload (step 7 of the flow).

A series that is there gets a further file; nothing is replaced. An instance that is there with the same bytes is
acknowledged, one with other bytes refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import Route
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import create_container, fill_missing
from treadle.server.catalog.files import NewFile, clean_name, place_file
from treadle.server.catalog.instances import put_instances
from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import file
from treadle.server.dicomweb import instance_bytes, queries
from treadle.server.dicomweb.queries import Stored
from treadle.server.dicomweb.reading import Packed, Received
from treadle.server.ingest import queries as ingest_queries
from treadle.server.ingest.placement import Wanted, find_subject
from treadle.server.ingest.series import free_name
from treadle.server.ingest.uploads import require_deid
from treadle.server.store.blobs import BLOCK, Blobs, Receipt
from treadle.server.store.blobs_rows import keep

_SESSION = ("timestamp", "timezone", "operator", "age", "weight")
_ACQUISITION = ("timestamp", "timezone")


async def find_project(guard: Guard, project_id: str) -> Container:
    """The project, when the caller may store series there."""
    project = await rights.find(
        guard, project_id, "files_create_bulk", "containers_create_hierarchy", level="project"
    )
    await require_deid(guard, project, [None])
    return project


async def there_already(
    connection: AsyncConnection, project_id: str, received: Sequence[Received]
) -> dict[str, Stored]:
    """Those of the instances that the project holds."""
    uids = [item.sop_uid for item in received if item.is_readable]
    where = [LIVE_FILE, file.c.project_id == project_id, queries.among(uids)]
    return {item.sop_uid: item for item in await queries.stored(connection, where)}


async def is_same(blobs: Blobs, known: Stored, received: Received) -> bool:
    """Whether the stored instance has these very bytes."""
    path = Path(received.path)
    if path.stat().st_size != known.size:
        return False
    with path.open("rb") as content:  # noqa: ASYNC230
        async for block in instance_bytes.stream(blobs, known, 0, known.size):
            if await asyncio.to_thread(content.read, len(block)) != block:
                return False
    return True


async def take(blobs: Blobs, path: Path) -> Receipt:
    """The packed series as finished content."""
    writer = await blobs.writer()
    try:
        with path.open("rb") as content:
            while block := await asyncio.to_thread(content.read, BLOCK):
                await writer.write(block)
        return await writer.finish()
    except BaseException:
        await writer.abort()
        raise


def route_to(project: Container) -> Route:
    """The routing that leads to this project."""
    return Route(form="uri", group=project.group_id, project=project.label, status="ok")


async def place(guard: Guard, project: Container, packed: Packed, receipt: Receipt, blobs: Blobs) -> None:
    """The series below its project; containers found by UID or made."""
    connection = guard.connection
    await ingest_queries.lock_study(connection, packed.study_uid)
    wanted = Wanted(
        study_uid=packed.study_uid,
        series_uid=packed.series_uid,
        acquisition_uid=packed.series_uid,
        fields=packed.fields,
        route=route_to(project),
        origin=guard.identity.origin,
    )
    session = await _session(connection, project, wanted)
    acquisition = await _child(
        connection,
        session,
        "acquisition",
        wanted.acquisition_uid,
        wanted,
        wanted.of("acquisition", _ACQUISITION),
    )
    blob = await keep(connection, blobs, receipt)
    name = clean_name(packed.fields.get("file.name") or f"{packed.series_uid}.dicom.zip")
    made = await place_file(
        connection,
        parent=await ingest_queries.hold(connection, acquisition),
        new=NewFile(
            name=await free_name(connection, acquisition.id, name),
            blob=blob,
            type="dicom",
            modality=packed.modality,
            classification=packed.classification,
            info={"header": {"dicom": packed.header}},
            zip_member_count=len(packed.instances),
        ),
        origin=guard.identity.origin,
    )
    await put_instances(connection, made.id, packed.instances)
    await guard.record("create_file", made.context)


async def _session(connection: AsyncConnection, project: Container, wanted: Wanted) -> Container:
    """The session of this study in the project, wherever its subject was sorted to; else a new one."""
    found = await ingest_queries.by_uid(
        connection, level="session", uid=wanted.study_uid, prefer_project=project.id
    )
    if found is not None and found.project_id == project.id:
        return await fill_missing(connection, found, wanted.of("session", _SESSION))
    project = await ingest_queries.hold(connection, project)
    subject, _ = await find_subject(connection, wanted, project)
    return await _child(
        connection, subject, "session", wanted.study_uid, wanted, wanted.of("session", _SESSION)
    )


async def _child(
    connection: AsyncConnection,
    parent: Container,
    level: str,
    uid: str,
    wanted: Wanted,
    values: dict[str, Any],
) -> Container:
    found = await ingest_queries.child_with_uid(connection, level=level, parent_id=parent.id, uid=uid)
    if found is not None:
        return await fill_missing(connection, found, values)
    return await create_container(
        connection,
        level=level,
        parent=await ingest_queries.hold(connection, parent),
        label=wanted.label(level, uid),
        fields={"uid": uid, **values},
        origin=wanted.origin,
    )
