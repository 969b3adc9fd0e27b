"""Reads one file after the other into the same memory, large ones around the page cache.

A series is read once to be packed: pages kept of it would only push out what others still need, and filling them
costs as much processor time as reading (0.09 instead of 0.3 ms for 0.5 MB).
"""

from __future__ import annotations

import mmap
import os

_DIRECT_FROM = 128 << 10
_PAGE = 4096


class WholeFiles:
    """Memory for one file at a time; it grows to the largest one."""

    def __init__(self) -> None:
        self._view = memoryview(mmap.mmap(-1, 1 << 20))

    def read(self, path: str | os.PathLike[str], size: int) -> memoryview:
        """The file of that size, or what there is of it; valid until the next call."""
        if len(self._view) < size:
            self._view = memoryview(mmap.mmap(-1, -(-size // _PAGE) * _PAGE))
        handle = _open(path, direct=size >= _DIRECT_FROM)
        try:
            at = 0
            while at < size and (got := os.readv(handle, [self._view[at : -(-size // _PAGE) * _PAGE]])):
                at += got
        finally:
            os.close(handle)
        return self._view[: min(at, size)]


def _open(path: str | os.PathLike[str], *, direct: bool) -> int:
    flags = os.O_RDONLY | os.O_CLOEXEC
    if direct and hasattr(os, "O_DIRECT"):
        try:
            return os.open(path, flags | os.O_DIRECT)
        except OSError:  # a file system without it
            pass
    return os.open(path, flags)
