"""Zip files read by their directory over byte ranges: no unpacking, nothing believed, memory bounded."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from treadle.server.kit.errors import BadRequest, Trouble
from treadle.server.store.blobs import Blobs

STORED, DEFLATED = 0, 8
MAX_MEMBERS = 1_000_000
MAX_DIRECTORY = 256 << 20
_END = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_TAIL = _END.size + 0xFFFF + _END64_LOCATOR.size
_ENCRYPTED, _UTF8 = 0x1, 0x800
_FULL_32 = 0xFFFF_FFFF
_OUT_BLOCK = 1 << 20


class NotAZip(BadRequest):
    """This file is not a readable zip."""

    code = "not_a_zip"


class MemberMissing(BadRequest):
    """The zip has no such member."""

    code = "zip_member_missing"


class MemberDamaged(Trouble):
    """The zip member is damaged."""

    status = 422
    code = "zip_member_damaged"


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One member as the directory describes it; `header` is where its local header begins."""

    name: str
    header: int
    method: int
    crc: int
    compressed_size: int
    size: int
    timestamp: datetime | None
    comment: str
    is_encrypted: bool = False


@dataclass(frozen=True)
class ZipDirectory:
    """The members of a zip in the order of its directory."""

    comment: str
    entries: tuple[ZipEntry, ...]


@dataclass(frozen=True)
class DirectoryPlace:
    """Where the central directory lies."""

    start: int
    size: int
    count: int
    comment: str


async def count_members(blobs: Blobs, sha384: str, size: int) -> int:
    """How many members a stored zip says it has, by its last bytes alone; NotAZip when it is none."""
    tail = await blobs.read(sha384, max(0, size - _TAIL), size)
    return (await _find_directory(blobs, sha384, size, tail)).count


async def read_directory(blobs: Blobs, sha384: str, size: int) -> ZipDirectory:
    """The directory of a stored zip; NotAZip when there is none."""
    tail_start = max(0, size - _TAIL)
    tail = await blobs.read(sha384, tail_start, size)
    place = await _find_directory(blobs, sha384, size, tail)
    data = (
        tail[place.start - tail_start : place.start - tail_start + place.size]
        if place.start >= tail_start
        else await blobs.read(sha384, place.start, place.start + place.size)
    )
    return ZipDirectory(place.comment, tuple(parse_entries(data, place.count)))


async def _find_directory(blobs: Blobs, sha384: str, size: int, tail: bytes) -> DirectoryPlace:
    at = find_end(tail)
    place = end_place(tail, at)
    wide = wide_end_offset(tail, at)
    if wide is not None:
        if wide + _END64.size > size:
            raise NotAZip
        place = wide_place(await blobs.read(sha384, wide, wide + _END64.size), place.comment)
    check_place(place, size)
    return place


def find_end(tail: bytes) -> int:
    """Offset of the end record inside the last bytes of a file."""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0 and at + _END.size > len(tail):
        at = tail.rfind(b"PK\x05\x06", 0, at)
    if at < 0:
        raise NotAZip
    return at


def end_place(tail: bytes, at: int) -> DirectoryPlace:
    """What the plain end record says."""
    _, _, _, _, count, size, start, comment_length = _END.unpack_from(tail, at)
    comment = tail[at + _END.size : at + _END.size + comment_length]
    return DirectoryPlace(start, size, count, comment.decode("utf-8", "replace"))


def wide_end_offset(tail: bytes, at: int) -> int | None:
    """Where the zip64 end record lies, if there is one."""
    before = at - _END64_LOCATOR.size
    if before < 0 or tail[before : before + 4] != b"PK\x06\x07":
        return None
    offset: int = _END64_LOCATOR.unpack_from(tail, before)[2]
    return offset


def wide_place(record: bytes, comment: str) -> DirectoryPlace:
    """What the zip64 end record says."""
    if len(record) < _END64.size or record[:4] != b"PK\x06\x06":
        raise NotAZip
    count, size, start = _END64.unpack(record)[7:10]
    return DirectoryPlace(start, size, count, comment)


def check_place(place: DirectoryPlace, size: int) -> None:
    """The directory lies inside the file and is not absurdly large."""
    if place.start + place.size > size or place.size > MAX_DIRECTORY or place.count > MAX_MEMBERS:
        raise NotAZip
    if place.count * _CENTRAL.size > place.size:
        raise NotAZip


def parse_entries(data: bytes, count: int) -> Iterator[ZipEntry]:
    """The entries of a central directory."""
    at = 0
    for _ in range(count):
        if at + _CENTRAL.size > len(data) or data[at : at + 4] != b"PK\x01\x02":
            raise NotAZip
        fields = _CENTRAL.unpack_from(data, at)
        flags, method, time, date, crc, packed, size, name_length, extra_length, comment_length = fields[3:13]
        names = at + _CENTRAL.size
        extras, comments = names + name_length, names + name_length + extra_length
        at = comments + comment_length
        if at > len(data):
            raise NotAZip
        size, packed, header = _wide(data[extras:comments], size, packed, fields[16])
        encoding = "utf-8" if flags & _UTF8 else "cp437"
        yield ZipEntry(
            name=data[names:extras].decode(encoding, "replace"),
            header=header,
            method=method,
            crc=crc,
            compressed_size=packed,
            size=size,
            timestamp=_dos_time(date, time),
            comment=data[comments:at].decode(encoding, "replace"),
            is_encrypted=bool(flags & _ENCRYPTED),
        )


def _wide(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """Sizes and offset with the zip64 extra field put in where 32 bits did not suffice."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            values = list(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            wide = [
                values.pop(0) if number == _FULL_32 and values else number
                for number in (size, packed, header)
            ]
            return wide[0], wide[1], wide[2]
        at += 4 + length
    return size, packed, header


def _dos_time(date: int, time: int) -> datetime | None:
    try:
        return datetime(
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            time >> 11,
            time >> 5 & 63,
            (time & 31) * 2,
            tzinfo=UTC,
        )
    except ValueError:
        return None


def data_offset(local_header: bytes, entry: ZipEntry) -> int:
    """Where the member's data begin, by its local header."""
    if len(local_header) < _LOCAL.size or local_header[:4] != b"PK\x03\x04":
        raise MemberDamaged
    name_length, extra_length = _LOCAL.unpack_from(local_header)[9:11]
    return int(entry.header + _LOCAL.size + name_length + extra_length)


async def member_data_offset(blobs: Blobs, sha384: str, size: int, entry: ZipEntry) -> int:
    """Where the data of a member of a stored zip begin."""
    end = entry.header + _LOCAL.size
    if end > size:
        raise MemberDamaged
    offset = data_offset(await blobs.read(sha384, entry.header, end), entry)
    if offset + entry.compressed_size > size:
        raise MemberDamaged
    return offset


@dataclass(frozen=True)
class Packed:
    """A member's bytes in a stored zip."""

    sha384: str
    offset: int
    compressed_size: int
    size: int
    method: int
    crc: int | None = None


async def inflate(blobs: Blobs, packed: Packed) -> AsyncIterator[bytes]:
    """The member's content in bounded blocks; never more than its declared size."""
    source = blobs.open_range(packed.sha384, packed.offset, packed.offset + packed.compressed_size)
    if packed.method == STORED:
        stream = source
    elif packed.method == DEFLATED:
        stream = _inflated(source)
    else:
        raise MemberDamaged("The zip member uses a compression method this server does not know.")
    crc, total = 0, 0
    async for block in stream:
        crc, total = zlib.crc32(block, crc), total + len(block)
        if total > packed.size:
            raise MemberDamaged("The zip member is larger than its directory says.")
        yield block
    if total != packed.size or (packed.crc is not None and crc != packed.crc):
        raise MemberDamaged


async def _inflated(source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        async for packed in source:
            data = packed
            while data and not inflater.eof:
                block = await asyncio.to_thread(inflater.decompress, data, _OUT_BLOCK)
                data = inflater.unconsumed_tail
                if block:
                    yield block
        rest = inflater.flush(_OUT_BLOCK)
        if rest:
            yield rest
    except zlib.error:
        raise MemberDamaged from None
