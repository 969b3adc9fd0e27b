"""Tar and zip streams without temporary files: members are stored, sizes of any kind, checksums on the way."""

from __future__ import annotations

import struct
import tarfile
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from treadle.server.delivery.layout import Entry
from treadle.server.store.blobs import Blobs

Format = Literal["tar", "zip"]
MEDIA_TYPES: dict[Format, str] = {"tar": "application/octet-stream", "zip": "application/zip"}

_BLOCK = 512
_RECORD = 10240
_LIMIT_32, _LIMIT_16 = 0xFFFF_FFFF, 0xFFFF
_FLAGS = 0x808  # UTF-8 names; sizes and checksum follow the data
_VERSION = 45  # zip64


@dataclass(frozen=True, slots=True)
class Written:
    """A file of an archive that is in no store but made for it: the description of the others."""

    path: str
    content: bytes
    modified_at: datetime

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


async def _content(blobs: Blobs, entry: Entry | Written) -> AsyncIterator[bytes]:
    if isinstance(entry, Written):
        yield entry.content
        return
    async for block in blobs.open_range(entry.sha384, 0, entry.size):
        yield block


async def stream_tar(blobs: Blobs, entries: Sequence[Entry]) -> AsyncIterator[bytes]:
    """A POSIX (pax) tar of the entries."""
    total = 0
    for entry in entries:
        head = _tar_header(entry)
        yield head
        async for block in blobs.open_range(entry.sha384, 0, entry.size):
            yield block
        padding = -entry.size % _BLOCK
        if padding:
            yield bytes(padding)
        total += len(head) + entry.size + padding
    end = 2 * _BLOCK
    yield bytes(end + -(total + end) % _RECORD)


def _tar_header(entry: Entry) -> bytes:
    info = tarfile.TarInfo(entry.path)
    info.size, info.mode = entry.size, 0o644
    info.mtime = int(entry.modified_at.timestamp())
    return info.tobuf(tarfile.PAX_FORMAT)


async def stream_zip(blobs: Blobs, entries: Sequence[Entry | Written]) -> AsyncIterator[bytes]:
    """A zip of the entries; zip64 where a number needs it (PKWARE APPNOTE 6.3)."""
    position, directory = 0, []
    for entry in entries:
        head = _local_header(entry)
        yield head
        crc = 0
        async for block in _content(blobs, entry):
            crc = zlib.crc32(block, crc)
            yield block
        tail = _descriptor(entry, crc)
        yield tail
        directory.append(_central_header(entry, crc, position))
        position += len(head) + entry.size + len(tail)
    central = b"".join(directory)
    yield central
    yield _end(len(directory), len(central), position)


def _dos_time(at: datetime) -> tuple[int, int]:
    if at.year < 1980:
        return 0, 1 << 5 | 1
    return at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day


def _is_large(entry: Entry | Written) -> bool:
    return entry.size >= _LIMIT_32


def _local_header(entry: Entry | Written) -> bytes:
    name = entry.path.encode()
    size = _LIMIT_32 if _is_large(entry) else 0
    extra = struct.pack("<HHQQ", 1, 16, 0, 0) if _is_large(entry) else b""
    fixed = struct.pack(
        "<4s5H3I2H",
        b"PK\x03\x04",
        _VERSION,
        _FLAGS,
        0,
        *_dos_time(entry.modified_at),
        0,
        size,
        size,
        len(name),
        len(extra),
    )
    return fixed + name + extra


def _descriptor(entry: Entry | Written, crc: int) -> bytes:
    form = "<4sIQQ" if _is_large(entry) else "<4sIII"
    return struct.pack(form, b"PK\x07\x08", crc, entry.size, entry.size)


def _central_header(entry: Entry | Written, crc: int, position: int) -> bytes:
    name = entry.path.encode()
    wide = [entry.size, entry.size] if _is_large(entry) else []
    if position >= _LIMIT_32:
        wide.append(position)
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size = min(entry.size, _LIMIT_32)
    fixed = struct.pack(
        "<4s6H3I5H2I",
        b"PK\x01\x02",
        _VERSION | 3 << 8,
        _VERSION,
        _FLAGS,
        0,
        *_dos_time(entry.modified_at),
        crc,
        size,
        size,
        len(name),
        len(extra),
        0,
        0,
        0,
        0o100644 << 16,
        min(position, _LIMIT_32),
    )
    return fixed + name + extra


def _end(count: int, size: int, start: int) -> bytes:
    wide = b""
    if count >= _LIMIT_16 or size >= _LIMIT_32 or start >= _LIMIT_32:
        numbers = (44, _VERSION, _VERSION, 0, 0, count, count, size, start)
        wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", *numbers)
        wide += struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1)
    few = min(count, _LIMIT_16)
    return wide + struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, few, few, min(size, _LIMIT_32), min(start, _LIMIT_32), 0
    )
