"""Instances handed to the processes that decode pixels."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from treadle.server.delivery.content import packed_bytes
from treadle.server.delivery.ranges import Span
from treadle.server.dicomweb.described import in_process
from treadle.server.dicomweb.errors import InstanceUnreadable
from treadle.server.dicomweb.reading import as_little_endian, decoded_frames, rendered
from treadle.server.store.blobs import BLOCK, Blobs
from treadle.server.store.zips import Packed

_LARGEST = 2 << 30
Window = tuple[float, float, str]


@asynccontextmanager
async def _copy(blobs: Blobs, place: Packed) -> AsyncIterator[Path]:
    """The instance as a file of this machine, for a while."""
    if place.size > _LARGEST:
        raise InstanceUnreadable("This instance is too large to be decoded here.")
    with tempfile.TemporaryDirectory(prefix="treadle-") as folder:
        path = Path(folder) / "instance.dcm"
        with path.open("wb") as copy:
            async for block in packed_bytes(blobs, place, Span(0, place.size)):
                await asyncio.to_thread(copy.write, block)
        yield path


async def frames(blobs: Blobs, place: Packed, numbers: list[int]) -> list[bytes]:
    """These frames, decoded."""
    async with _copy(blobs, place) as path:
        return await in_process(decoded_frames, str(path), numbers)


async def little_endian(blobs: Blobs, place: Packed) -> AsyncIterator[bytes]:
    """The instance in Explicit VR Little Endian."""
    async with _copy(blobs, place) as path:
        target = path.with_suffix(".out")
        await in_process(as_little_endian, str(path), str(target))
        with target.open("rb") as file:
            while block := await asyncio.to_thread(file.read, BLOCK):
                yield block


async def picture(
    blobs: Blobs,
    place: Packed,
    number: int,
    kind: str,
    *,
    window: Window | None = None,
    size: tuple[int, int] | None = None,
    quality: int = 90,
    square: bool = False,
) -> bytes:
    """One frame as JPEG or PNG; with square pixels, or as they are stored."""
    async with _copy(blobs, place) as path:
        return await in_process(rendered, str(path), number, kind, window, size, quality, square)
