"""Work on DICOM files that came without a header (SDK, CLI, browser): header, classification, instance index.

What people said stays; damaged files stay as they are. Reading happens in other processes with limits on members
and bytes, since a zip may be a bomb.
"""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.files import change_file, get_file
from treadle.server.catalog.instances import put_instances
from treadle.server.catalog.rows import File
from treadle.server.catalog.tables import instance
from treadle.server.ingest.reading import Found, Unreadable, read_series
from treadle.server.kit.logging import get_logger
from treadle.server.kit.process_pool import ProcessPool
from treadle.server.store.blobs import Blobs, local_copy
from treadle.server.store.db import Database

log = get_logger("treadle.extract")

_LIMIT_S = 600
_readers = ProcessPool(1)


class State(Protocol):
    """What this work needs of the worker."""

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def blobs(self) -> Blobs:
        """The contents."""
        ...


async def handle_file_created(state: State, payload: dict[str, Any]) -> None:
    """Complete what a new DICOM file lacks; no effect on others, and none when repeated."""
    if payload.get("type") != "dicom":
        return
    async with state.database.transaction() as connection:
        target = await _waiting(connection, payload)
    if target is None:
        return
    found = await _read(state.blobs, target)
    if found is None:
        return
    async with state.database.transaction() as connection:
        current = await _waiting(connection, payload)
        if current is not None:
            await _complete(connection, current, found)


async def _waiting(connection: AsyncConnection, payload: dict[str, Any]) -> File | None:
    """The file version, if it is there and still lacks header or index."""
    try:
        found = await get_file(connection, str(payload.get("version_id") or payload["id"]))
    except FileMissing:
        return None
    if payload.get("version_id") not in (
        None,
        found.id,
    ):  # replaced meanwhile: the newer one has its own fact
        return None
    if _header(found) is None:
        return found
    indexed = await connection.execute(
        select(instance.c.sop_uid).where(instance.c.file_version_id == found.id).limit(1)
    )
    return found if indexed.first() is None else None


def _header(target: File) -> Any:
    header = target.info.get("header")
    return header.get("dicom") if isinstance(header, dict) else None


async def _read(blobs: Blobs, target: File) -> Found | None:
    async with local_copy(blobs, target.blob_sha384, target.size) as path:
        try:
            return await _readers.run(_LIMIT_S, read_series, str(path))
        except Unreadable as error:
            log.warning("dicom_unreadable", file=target.file_id, version=target.version, why=str(error))
        except (BrokenProcessPool, TimeoutError) as error:
            log.warning("dicom_reader_died", file=target.file_id, why=type(error).__name__)
    return None


def stop_readers() -> None:
    """End the reading processes."""
    _readers.stop()


async def _complete(connection: AsyncConnection, target: File, found: Found) -> None:
    changes: dict[str, Any] = {}
    if _header(target) is None:
        header = target.info.get("header")
        held = header if isinstance(header, dict) else {}
        changes["info"] = {**target.info, "header": {**held, "dicom": found.header}}
    if not target.modality and found.modality:
        changes["modality"] = found.modality
    if not target.classification and found.classification:
        changes["classification"] = found.classification
    if target.zip_member_count is None and found.members is not None:
        changes["zip_member_count"] = found.members
    await put_instances(connection, target.id, found.instances)
    if changes:
        await change_file(connection, target, changes)
