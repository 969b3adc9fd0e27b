"""Starts the disk early: what is on its way while bytes still arrive, the fsync at the end need not wait for."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

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


def start_writeback(handle: int, start: int, size: int) -> None:
    """Begin to write this part of a file to disk and return; only a hint, so failing is fine."""
    if _sync_file_range is not None:
        _sync_file_range(handle, start, size, _SYNC_FILE_RANGE_WRITE)
