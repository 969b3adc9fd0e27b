"""The records of a zip file (PKWARE APPNOTE 6.3), as bytes, with zip64 where a number does not fit."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STORED = 0
DEFLATED = 8

LIMIT_32 = 0xFFFF_FFFF
LIMIT_16 = 0xFFFF
_DOS_TIME, _DOS_DATE = 0, (1 << 5) | 1  # 1980-01-01 00:00:00
_UTF8 = 0x800
_STREAMED = 0x8
_PLAIN, _ZIP64 = 20, 45  # version needed to extract
# Deflate grows data that does not shrink by 5 bytes per block at most.
_GROWTH = 1.001


@dataclass(frozen=True)
class Entry:
    """One member as the directory describes it; `start` is where its local header begins."""

    name: str
    start: int
    method: int
    crc: int
    compressed_size: int
    size: int
    is_streamed: bool = False

    @property
    def flags(self) -> int:
        """General purpose bits."""
        return (0 if self.name.isascii() else _UTF8) | (_STREAMED if self.is_streamed else 0)


def local_header(entry: Entry) -> bytes:
    """Header before the data of a member whose sizes are known."""
    is_large = max(entry.size, entry.compressed_size) >= LIMIT_32
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.compressed_size) if is_large else b""
    packed, size = (LIMIT_32, LIMIT_32) if is_large else (entry.compressed_size, entry.size)
    return _local(entry, crc=entry.crc, packed=packed, size=size, extra=extra)


def streamed_header(name: str, size: int) -> bytes:
    """Header before the data of a member whose sizes follow in a descriptor."""
    entry = Entry(name, 0, DEFLATED, 0, 0, size, is_streamed=True)
    if not _needs_large_descriptor(size):
        return _local(entry, crc=0, packed=0, size=0, extra=b"")
    return _local(entry, crc=0, packed=LIMIT_32, size=LIMIT_32, extra=struct.pack("<HHQQ", 1, 16, 0, 0))


def descriptor(entry: Entry) -> bytes:
    """Sizes behind the data of a streamed member."""
    form = "<4sIQQ" if _needs_large_descriptor(entry.size) else "<4sIII"
    return struct.pack(form, b"PK\x07\x08", entry.crc, entry.compressed_size, entry.size)


def directory(entries: Sequence[Entry], *, start: int) -> Iterator[bytes]:
    """Central directory and end records, for entries whose data end at `start`."""
    size = 0
    for entry in entries:
        record = _central(entry)
        size += len(record)
        yield record
    count = len(entries)
    if count >= LIMIT_16 or start >= LIMIT_32 or size >= LIMIT_32:
        yield struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, _ZIP64, _ZIP64, 0, 0, count, count, size, start)
        yield struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1)
    few, length, begin = min(count, LIMIT_16), min(size, LIMIT_32), min(start, LIMIT_32)
    yield struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, few, few, length, begin, 0)


def _needs_large_descriptor(size: int) -> bool:
    return size * _GROWTH + 64 >= LIMIT_32


def _local(entry: Entry, *, crc: int, packed: int, size: int, extra: bytes) -> bytes:
    name = entry.name.encode()
    how = (_ZIP64 if extra else _PLAIN, entry.flags, entry.method, _DOS_TIME, _DOS_DATE)
    return (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", *how, crc, packed, size, len(name), len(extra)) + name + extra
    )


def _central(entry: Entry) -> bytes:
    numbers = (entry.size, entry.compressed_size, entry.start)
    large = b"".join(struct.pack("<Q", number) for number in numbers if number >= LIMIT_32)
    extra = struct.pack("<HH", 1, len(large)) + large if large else b""
    is_large = bool(large) or (entry.is_streamed and _needs_large_descriptor(entry.size))
    version = _ZIP64 if is_large else _PLAIN
    size, packed, start = (min(number, LIMIT_32) for number in numbers)
    name = entry.name.encode()
    head = (version, version, entry.flags, entry.method, _DOS_TIME, _DOS_DATE, entry.crc, packed, size)
    tail = (len(name), len(extra), 0, 0, 0, 0, start)
    return struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *head, *tail) + name + extra
