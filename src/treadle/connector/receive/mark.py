"""The mark of a complete file: size and CRC-32 of its data set, as private information of the file meta group.

PS3.10 section 7.1 leaves (0002,0102) to the writer. A part file that carries a true mark is complete, whatever its
name: one fsync of the file is then all that an acknowledgement needs, and the rename that hands the file on can
follow after the answer. It tells torn files from whole ones, nothing else: the digest that tells one content from
another costs the sender 30 times as much and is taken when the series is packed.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from treadle.dicom.deflate import crc32

_MARK = Struct("<8sQI")
_MAGIC = b"TREADLE\x02"
_CHUNK = 1 << 20
_GROUP_LENGTH = Struct("<132x2H2s2xI")  # preamble, DICM and (0002,0000)

MARK_SIZE = _MARK.size


@dataclass(frozen=True)
class Mark:
    """Where the data set starts, how long it is, and its CRC-32."""

    start: int
    size: int
    crc: int

    @property
    def position(self) -> int:
        """Where in the file the mark belongs: the end of the file meta group has room for it."""
        return self.start - MARK_SIZE

    def to_bytes(self) -> bytes:
        """What belongs there."""
        return _MARK.pack(_MAGIC, self.size, self.crc)


def read_mark(fd: int) -> Mark | None:
    """The mark of an open file, None when it carries none or its size is not the marked one."""
    head = os.pread(fd, _GROUP_LENGTH.size, 0)
    if len(head) < _GROUP_LENGTH.size:
        return None
    group, element, vr, length = _GROUP_LENGTH.unpack(head)
    if (group, element, vr) != (2, 0, b"UL") or length < MARK_SIZE:
        return None
    start = _GROUP_LENGTH.size + length
    raw = os.pread(fd, MARK_SIZE, start - MARK_SIZE)
    if len(raw) < MARK_SIZE:
        return None
    magic, size, crc = _MARK.unpack(raw)
    if magic != _MAGIC or os.fstat(fd).st_size != start + size:
        return None
    return Mark(start, size, crc)


def recover(folder: Path, *, pattern: str) -> int:
    """Hand on complete part files of processes that are gone, remove the others; the number handed on."""
    parts = sorted(folder.glob(pattern), key=lambda part: part.stat().st_mtime_ns)
    recovered = 0
    for part in parts:
        if _is_complete(part):
            part.rename(part.with_name(f"{part.stat().st_mtime_ns:020d}-{part.stem}.dcm"))
            recovered += 1
        else:
            part.unlink(missing_ok=True)
    return recovered


def _is_complete(part: Path) -> bool:
    with part.open("rb") as file:
        mark = read_mark(file.fileno())
        if mark is None:
            return False
        file.seek(mark.start)
        crc = 0
        for chunk in _chunks(file.fileno()):
            crc = crc32(chunk, crc)
        return crc == mark.crc


def _chunks(fd: int) -> Iterator[bytes]:
    return iter(lambda: os.read(fd, _CHUNK), b"")
