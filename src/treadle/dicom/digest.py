"""Content digests that do not depend on the zip: what tells a repeated series from a changed one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1024 * 1024


def series_digest(members: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over the sorted lines `SOPInstanceUID SHA-256(data set)`; members are (UID, hex digest) pairs.

    >>> series_digest([("1.2", "ab"), ("1.1", "cd")]) == series_digest([("1.1", "cd"), ("1.2", "ab")])
    True
    """
    lines = sorted(f"{sop_uid} {digest}\n" for sop_uid, digest in members)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class DataSetDigest:
    """SHA-256 of the data set of `file`: everything behind preamble and file meta information.

    `update` is given the whole file from its beginning, where the file is left.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._skip = data_set_offset(file)
        self._sha256 = hashlib.sha256()
        file.seek(0)

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        skipped = min(self._skip, len(chunk))
        self._skip -= skipped
        self._sha256.update(memoryview(chunk)[skipped:])

    def hexdigest(self) -> str:
        """The digest of all bytes taken."""
        return self._sha256.hexdigest()


def data_set_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the data set of a file."""
    with Path(path).open("rb") as file:
        digest = DataSetDigest(file)
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


def data_set_offset(file: BinaryIO) -> int:
    """Where the data set starts: behind the file meta information, 0 when there is none."""
    file.seek(128)
    if file.read(4) != b"DICM":
        return 0
    while True:
        start = file.tell()
        head = file.read(12)
        # File meta information is explicit little endian, group 0002 (PS3.10 7.1).
        if len(head) < 8 or head[:2] != b"\x02\x00":
            return start
        if head[4:6] in (b"OB", b"OW", b"UN", b"UT", b"SQ"):
            end = start + 12 + int.from_bytes(head[8:12], "little")
        else:
            end = start + 8 + int.from_bytes(head[6:8], "little")
        file.seek(end)
