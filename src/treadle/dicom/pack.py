"""One series as one zip: the same instances give the same bytes, written once and hashed on the way.

Members are flat, sorted by name, dated 1980-01-01 and deflated; a member that does not shrink (compressed
pixel data) is stored. No comment, no extra fields except the zip64 ones a size makes necessary. Memory stays
bounded: members up to `WHOLE` bytes are compressed in memory, larger ones are streamed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from treadle.dicom import zipformat
from treadle.dicom.deflate import Deflater, crc32, deflate
from treadle.dicom.digest import DataSetDigest, data_set_offset, data_set_offset_in, feed
from treadle.dicom.whole_file import WholeFiles
from treadle.dicom.zipformat import DEFLATED, STORED, Entry

WHOLE = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_WORTH = 0.97  # a member is stored when deflate saves less than 3 %


@dataclass(frozen=True)
class PackedMember:
    """One member of the zip.

    `offset` is where its data start, counted from the start of the zip; `sha256` is that of the data set in it,
    taken here because the file is at hand.
    """

    name: str
    offset: int
    compressed_size: int
    size: int
    method: int
    crc: int
    sha256: str


@dataclass(frozen=True)
class PackResult:
    """A finished zip: its size, its SHA-256 and its members in order."""

    size: int
    sha256: str
    members: list[PackedMember]


def member_name(sop_uid: str, modality: str) -> str:
    """Name of an instance inside the zip.

    >>> member_name("1.2.3", ""), member_name("1.2.3", "MR")
    ('1.2.3.NA.dcm', '1.2.3.MR.dcm')
    """
    kind = "".join(letter for letter in modality if letter.isascii() and (letter.isalnum() or letter in "_-"))
    return f"{sop_uid}.{kind or 'NA'}.dcm"


def pack_series(members: Iterable[tuple[str, str | os.PathLike[str]]], out: BinaryIO) -> PackResult:
    """Zip of the named files, written to `out` without seeking; ValueError for doubled or unsafe names."""
    ordered = sorted((name, Path(path)) for name, path in members)
    _check_names([name for name, _ in ordered])
    sink = _Sink(out)
    memory = WholeFiles()
    added = [_add(sink, memory, name, path) for name, path in ordered]
    for part in zipformat.directory([entry for entry, _ in added], start=sink.size):
        sink.write(part)
    return PackResult(size=sink.size, sha256=sink.sha256.hexdigest(), members=[one for _, one in added])


class _Sink:
    """Where the zip goes: counted and hashed while it is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.size = 0
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes | memoryview) -> None:
        self._out.write(data)
        self.size += len(data)
        feed(self.sha256, data)


def _add(sink: _Sink, memory: WholeFiles, name: str, path: Path) -> tuple[Entry, PackedMember]:
    size = path.stat().st_size
    if size <= WHOLE:
        data = memory.read(path, size)
        digest = DataSetDigest(data_set_offset_in(data))
        digest.update(data)
        entry, offset = _add_whole(sink, name, data)
    else:
        with path.open("rb") as file:
            digest = DataSetDigest(data_set_offset(file))
            add = _add_deflated_stream if _shrinks(file, size) else _add_stored_stream
            entry, offset = add(sink, name, file, size, digest)
    packed = PackedMember(
        name, offset, entry.compressed_size, entry.size, entry.method, entry.crc, digest.hexdigest()
    )
    return entry, packed


def _add_whole(sink: _Sink, name: str, data: memoryview) -> tuple[Entry, int]:
    crc, packed = crc32(data), deflate(data)
    is_worth = len(packed) < len(data) * _WORTH
    body, method = (packed, DEFLATED) if is_worth else (data, STORED)
    entry = Entry(name, sink.size, method, crc, len(body), len(data))
    sink.write(zipformat.local_header(entry))
    offset = sink.size
    sink.write(body)
    return entry, offset


def _shrinks(file: BinaryIO, size: int) -> bool:
    # The middle of a large instance is pixel data.
    file.seek(size // 2)
    sample = file.read(_CHUNK)
    file.seek(0)
    return len(deflate(sample)) < len(sample) * _WORTH


def _add_stored_stream(
    sink: _Sink, name: str, file: BinaryIO, size: int, digest: DataSetDigest
) -> tuple[Entry, int]:
    crc = 0
    for chunk in _chunks(file):
        crc = crc32(chunk, crc)
        digest.update(chunk)
    file.seek(0)
    entry = Entry(name, sink.size, STORED, crc, size, size)
    sink.write(zipformat.local_header(entry))
    offset = sink.size
    for chunk in _chunks(file):
        sink.write(chunk)
    if sink.size - offset != size:
        raise ValueError(f"{name}: the file changed while it was packed")
    return entry, offset


def _add_deflated_stream(
    sink: _Sink, name: str, file: BinaryIO, size: int, digest: DataSetDigest
) -> tuple[Entry, int]:
    start = sink.size
    sink.write(zipformat.streamed_header(name, size))
    offset, deflater, crc, read = sink.size, Deflater(), 0, 0
    for chunk in _chunks(file):
        crc, read = crc32(chunk, crc), read + len(chunk)
        digest.update(chunk)
        sink.write(deflater.compress(chunk))
    sink.write(deflater.flush())
    if read != size:
        raise ValueError(f"{name}: the file changed while it was packed")
    entry = Entry(name, start, DEFLATED, crc, sink.size - offset, read, is_streamed=True)
    sink.write(zipformat.descriptor(entry))
    return entry, offset


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(_CHUNK), b"")


def _check_names(names: list[str]) -> None:
    for name, following in pairwise(names):
        if name == following:
            raise ValueError(f"two members are called {name!r}")
    for name in names:
        if not name or "/" in name or "\\" in name or not name.isprintable() or name in (".", ".."):
            raise ValueError(f"{name!r} is no member name")
