"""Packfiles: many small files of one acquisition become one zip (api.md 10.5)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import Field, ValidationError

from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import create_container, find_or_create_subject
from treadle.server.catalog.queries import lock_label
from treadle.server.catalog.rows import Container
from treadle.server.ingest import queries
from treadle.server.ingest.errors import BadMetadata
from treadle.server.ingest.form import read_metadata
from treadle.server.ingest.placed import AcquisitionPart, SessionPart
from treadle.server.ingest.uploads import Arrived
from treadle.server.ingest.wire import DeidRecord
from treadle.server.store.blobs import Blobs, BlobWriter, Receipt
from treadle.server.wire.body import Wire

KIND = "packfile"
_TIMED = ("timestamp", "timezone")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class PackPart(Wire):
    """What the zip is."""

    type: str = Field(default="", max_length=255)
    name: str | None = Field(default=None, max_length=255)
    deid: DeidRecord | None = None


class PackPlace(Wire):
    """The `metadata` of a finished packfile: where it goes and what it is."""

    session: SessionPart
    acquisition: AcquisitionPart
    packfile: PackPart

    @property
    def file_name(self) -> str:
        """Its own name, else `<acquisition>.<type>.zip`."""
        kind = f".{self.packfile.type}" if self.packfile.type else ""
        return self.packfile.name or f"{self.acquisition.label}{kind}.zip"


def read_place(text: str) -> PackPlace:
    """The metadata of a packfile."""
    said = read_metadata(text.encode())
    if not isinstance(said, dict):
        raise BadMetadata("'metadata' must be a JSON object with session, acquisition and packfile.")
    try:
        place = PackPlace.model_validate(said)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise BadMetadata(f"metadata: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
    if not place.session.label or not place.acquisition.label:
        raise BadMetadata("metadata: session.label and acquisition.label are required.")
    return place


async def find_project(guard: Guard, project_id: str) -> Container:
    """The project, when the caller may send packfiles to it."""
    return await rights.find(
        guard, project_id, "files_create_bulk", "containers_create_hierarchy", level="project"
    )


async def find_acquisition(guard: Guard, project: Container, place: PackPlace) -> Container:
    """The acquisition by its labels, made when it is not there."""
    connection, origin = guard.connection, guard.identity.origin
    subject = await find_or_create_subject(
        connection,
        project=project,
        wanted=place.session.subject.model_dump(exclude={"files"}) if place.session.subject else None,
        origin=origin,
    )
    parent = subject
    for level, part in (("session", place.session), ("acquisition", place.acquisition)):
        label = part.label or ""
        await lock_label(connection, level, parent.id, label)
        found = await queries.child_with_label(connection, level=level, parent_id=parent.id, label=label)
        parent = found or await create_container(
            connection,
            level=level,
            parent=parent,
            label=label,
            fields=part.model_dump(include={"uid", *_TIMED}, exclude_none=True),
            origin=origin,
        )
    return parent


class _Chunks(io.RawIOBase):
    """What `zipfile` writes, handed on a piece at a time; it cannot be sought in, so nothing is kept."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []

    def writable(self) -> bool:
        """It is only written to."""
        return True

    def write(self, data: Any) -> int:
        """Take the next bytes."""
        self._pending.append(bytes(data))
        return len(data)

    def take(self) -> list[bytes]:
        """What has come since the last call."""
        taken, self._pending = self._pending, []
        return taken


async def pack(blobs: Blobs, members: Sequence[Arrived]) -> Receipt:
    """A zip of the files, stored uncompressed, the same bytes for the same files."""
    writer = await blobs.writer()
    try:
        async for chunk in _zipped(blobs, members):
            await writer.write(chunk)
        receipt = await _finished(writer)
    except BaseException:
        await writer.abort()
        raise
    return receipt


async def _finished(writer: BlobWriter) -> Receipt:
    receipt = await writer.finish()
    try:
        await receipt.publish()
    except BaseException:
        await receipt.close()
        raise
    return receipt


async def _zipped(blobs: Blobs, members: Sequence[Arrived]) -> AsyncIterator[bytes]:
    out = _Chunks()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for member in members:
            with _member(archive, member) as target:
                async for block in blobs.open_range(member.blob.sha384, 0, member.blob.size):
                    target.write(block)
                    for chunk in out.take():
                        yield chunk
    for chunk in out.take():
        yield chunk


@contextmanager
def _member(archive: zipfile.ZipFile, member: Arrived) -> Iterator[Any]:
    info = zipfile.ZipInfo(member.name, _EPOCH)
    info.file_size = member.blob.size
    with archive.open(info, "w", force_zip64=member.blob.size >= zipfile.ZIP64_LIMIT) as target:
        yield target
