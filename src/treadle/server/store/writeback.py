"""Starts the disk early: what is on its way while bytes still arrive, the fsync at the end need not wait for."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

from treadle.server.store.blobs import BLOCK
from treadle.server.store.disk import write_all

_EVERY = 16 * BLOCK
_SYNC_FILE_RANGE_WRITE = 2  # linux/fs.h


def _find() -> Callable[[int, int, int, int], int] | None:
    try:
        function = ctypes.CDLL(None).sync_file_range
    except (AttributeError, OSError):  # another system than Linux
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    function.restype = ctypes.c_int
    found: Callable[[int, int, int, int], int] = function
    return found


_sync_file_range = _find()


class EarlyWriter:
    """Writes to the end of an open file, and lets the disk begin with what is complete."""

    def __init__(self, handle: int, *, size: int = 0) -> None:
        """`size`: what the file has already."""
        self._handle = handle
        self._written = self._started = size

    def write(self, chunks: Sequence[bytes]) -> None:
        """Append the chunks."""
        self._written += write_all(self._handle, chunks)
        if self._written - self._started >= _EVERY:
            self.start()

    def start(self) -> None:
        """Let the disk begin with all that was written, and return; only a hint, so failing is fine."""
        if _sync_file_range is not None:
            size = self._written - self._started
            _sync_file_range(self._handle, self._started, size, _SYNC_FILE_RANGE_WRITE)
        self._started = self._written
