"""Content digests that do not depend on the zip: what tells a repeated series from a changed one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Protocol

_CHUNK = 1024 * 1024
_LARGE = 16 * 1024


class Hash(Protocol):
    """What hashlib's objects offer."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more bytes."""


def feed(sha256: Hash, data: bytes | memoryview) -> None:
    """Update a SHA-256 that is computed beside ISA-L's functions.

    On x86 these leave the upper halves of the vector registers in use, and the processor's SHA instructions run a
    third slower until somebody clears them. OpenSSL's SHA-512 does, in less than a microsecond.
    """
    if len(data) >= _LARGE:
        hashlib.sha512(b"").digest()
    sha256.update(data)


def series_digest(members: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over the sorted lines `SOPInstanceUID SHA-256(data set)`; members are (UID, hex digest) pairs.

    >>> series_digest([("1.2", "ab"), ("1.1", "cd")]) == series_digest([("1.1", "cd"), ("1.2", "ab")])
    True
    """
    lines = sorted(f"{sop_uid} {digest}\n" for sop_uid, digest in members)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class DataSetDigest:
    """SHA-256 of the data set in a file whose data set starts at `start`; `update` is given the whole file."""

    def __init__(self, start: int) -> None:
        self._skip = start
        self._sha256 = hashlib.sha256()

    def update(self, chunk: bytes | memoryview) -> None:
        """Take the next bytes of the file."""
        skipped = min(self._skip, len(chunk))
        self._skip -= skipped
        feed(self._sha256, memoryview(chunk)[skipped:])

    def hexdigest(self) -> str:
        """The digest of all bytes taken."""
        return self._sha256.hexdigest()


def data_set_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the data set of a file."""
    with Path(path).open("rb") as file:
        digest = DataSetDigest(data_set_offset(file))
        file.seek(0)
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


def data_set_offset(file: BinaryIO) -> int:
    """Where the data set starts: behind the file meta information, 0 when there is none."""

    def read(at: int, size: int) -> bytes:
        file.seek(at)
        return file.read(size)

    return _offset(read)


def data_set_offset_in(data: memoryview) -> int:
    """As `data_set_offset`, of a file in memory."""
    return _offset(lambda at, size: bytes(data[at : at + size]))


def _offset(read: Callable[[int, int], bytes]) -> int:
    if read(128, 4) != b"DICM":
        return 0
    start = 132
    while True:
        head = read(start, 12)
        # File meta information is explicit little endian, group 0002 (PS3.10 7.1).
        if len(head) < 8 or head[:2] != b"\x02\x00":
            return start
        if head[4:6] in (b"OB", b"OW", b"UN", b"UT", b"SQ"):
            start += 12 + int.from_bytes(head[8:12], "little")
        else:
            start += 8 + int.from_bytes(head[6:8], "little")
