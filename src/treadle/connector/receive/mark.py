"""The mark of a complete file: size and SHA-256 of its data set, as private information of the file meta group.

PS3.10 section 7.1 leaves (0002,0102) to the writer. A part file that carries a true mark is complete, whatever its
name: one fsync of the file is then all that an acknowledgement needs, and the rename that hands the file on can
follow after the answer. The indexer takes the digest from here and need not read the file again.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

_MARK = Struct("<8sQ32s")
_MAGIC = b"TREADLE\x01"
_CHUNK = 1 << 20
_GROUP_LENGTH = Struct("<132x2H2s2xI")  # preamble, DICM and (0002,0000)

MARK_SIZE = _MARK.size


@dataclass(frozen=True)
class Mark:
    """Where the data set starts, how long it is, and its digest."""

    start: int
    size: int
    sha256: bytes

    @property
    def position(self) -> int:
        """Where in the file the mark belongs: the end of the file meta group has room for it."""
        return self.start - MARK_SIZE

    def to_bytes(self) -> bytes:
        """What belongs there."""
        return _MARK.pack(_MAGIC, self.size, self.sha256)


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
    magic, size, sha256 = _MARK.unpack(raw)
    if magic != _MAGIC or os.fstat(fd).st_size != start + size:
        return None
    return Mark(start, size, sha256)


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
        digest = hashlib.sha256()
        for chunk in _chunks(file.fileno()):
            digest.update(chunk)
        return digest.digest() == mark.sha256


def _chunks(fd: int) -> Iterator[bytes]:
    return iter(lambda: os.read(fd, _CHUNK), b"")
