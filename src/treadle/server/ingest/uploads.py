"""Placing uploaded files on a container the caller named (api.md 10.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.files import current_files, place_files
from treadle.server.catalog.rows import Container, File
from treadle.server.ingest.tables import upload
from treadle.server.ingest.wire import FileMetadata, metadata_by_name
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.privacy.places import places_of
from treadle.server.privacy.resolve import require_records
from treadle.server.store import zips
from treadle.server.store.blobs import BlobRef, Blobs
from treadle.server.store.db import Database

_AT_ONCE = 16  # zips being looked into


@dataclass(frozen=True)
class Arrived:
    """A file whose content has a row."""

    name: str
    blob: BlobRef
    members: int | None = None  # of a zip
    deid: Mapping[str, Any] | None = None  # when it was de-identified on arrival
    sent_as: str = ""  # what the sender calls it, when that is something else

    @property
    def said(self) -> str:
        """Its name in the sender's metadata."""
        return self.sent_as or self.name


async def count_members(blobs: Blobs, arrived: Sequence[Arrived]) -> list[Arrived]:
    """The files, each zip among them with the number of its members."""
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def counted(item: Arrived) -> Arrived:
        if not item.name.lower().endswith(".zip"):
            return item
        async with at_once:
            try:
                return replace(
                    item, members=await zips.count_members(blobs, item.blob.sha384, item.blob.size)
                )
            except zips.NotAZip:  # whatever its name says
                return item

    return await asyncio.gather(*map(counted, arrived))


async def find_target(guard: Guard, container_id: str, *, level: str | None, lock: bool = False) -> Container:
    """The container files may be added to by this caller; locked, nobody deletes or moves it meanwhile."""
    target = await get_container(guard.connection, container_id, level=level, lock=lock)
    await require_upload(guard, target)
    if target.level == "group":
        raise Invalid("A group holds no files; upload to one of its projects.")
    return target


async def require_upload(guard: Guard, target: Container) -> None:
    """Go on only when the caller may add files to the container."""
    action: Action = "analyses_create_sdk" if target.level == "analysis" else "files_create_single"
    await rights.require(guard, target, action)


async def place_uploads(
    guard: Guard,
    target: Container,
    arrived: Sequence[Arrived],
    *,
    metadata: Any,
    preserve_metadata: bool,
) -> list[File]:
    """The files as the container now shows them, in the order they came."""
    said = metadata_by_name(metadata, [item.said for item in arrived])
    placed = []
    for several in _without_repeats(arrived):
        described = [(item, said.get(item.said, FileMetadata())) for item in several]
        placed += await _place(guard, target, described, preserve_metadata=preserve_metadata)
    return placed


def _without_repeats(arrived: Sequence[Arrived]) -> Iterator[list[Arrived]]:
    """Runs in which each name comes once: a repeated name is another version."""
    run: list[Arrived] = []
    names: set[str] = set()
    for item in arrived:
        if item.name in names:
            yield run
            run, names = [], set()
        run.append(item)
        names.add(item.name)
    if run:
        yield run


async def place_one(
    guard: Guard, target: Container, item: Arrived, about: FileMetadata, *, preserve_metadata: bool = False
) -> File:
    """One file, new or as a new version; replacing other content needs the right to delete it."""
    return (await _place(guard, target, [(item, about)], preserve_metadata=preserve_metadata))[0]


async def _place(
    guard: Guard,
    target: Container,
    described: Sequence[tuple[Arrived, FileMetadata]],
    *,
    preserve_metadata: bool,
) -> list[File]:
    new = [
        about.new_file(item.name, item.blob, members=item.members, deid=item.deid)
        for item, about in described
    ]
    await require_deid(guard, target, [item.deid for item in new])
    old = await current_files(guard.connection, target.id, [item.name for item, _ in described])
    changed = [
        before
        for item, _ in described
        if (before := old.get(item.name)) is not None and before.blob_sha384 != item.blob.sha384
    ]
    for action, example in {deletion_action(before): before for before in changed}.items():
        await rights.require_file(guard, example, action)
    made = await place_files(
        guard.connection,
        parent=target,
        new=new,
        origin=guard.identity.origin,
        preserve_metadata=preserve_metadata,
    )
    await guard.record_all("create_file", [item.context for item in made if item.name not in old])
    await guard.record_all("replace_file", [item.context for item in made if item.name in old])
    return made


async def require_deid(guard: Guard, target: Container, records: Sequence[Mapping[str, Any] | None]) -> None:
    """Go on only when the files are as the profile of the place wants them."""
    if target.project_id is not None and not guard.identity.is_job_of(target.project_id):
        await require_records(guard.connection, places_of(target), records)


def deletion_action(old: File) -> Action:
    """The right that deleting (or replacing) this file needs."""
    return "files_delete_device_data" if old.origin_type == "device" else "files_delete_non_device_data"


async def drop_expired(database: Database, blobs: Blobs) -> int:
    """Forget uploads nobody finished in time, with what had arrived of them: how many."""
    dropped = 0
    while await _drop_one(database, blobs):
        dropped += 1
    return dropped


async def _drop_one(database: Database, blobs: Blobs) -> bool:
    async with database.transaction() as connection:
        row = (
            await connection.execute(
                select(upload.c.id)
                .where(upload.c.expires_at <= now())
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        if row is None:
            return False
        await blobs.drop_staged(row.id)
        await connection.execute(delete(upload).where(upload.c.id == row.id))
    return True
