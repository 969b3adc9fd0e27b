"""Starts writing a file's pages to disk early, so that the fsync at its end has less to wait for."""

import ctypes
import sys

_PAGE = 4096
_SYNC_FILE_RANGE_WRITE = 2

if sys.platform == "linux":
    _sync_file_range = ctypes.CDLL(None).sync_file_range
    _sync_file_range.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)

    def start_writeback(fd: int, *, start: int, end: int) -> None:
        """Begin to write out that part of the file, save its first page, which is still to change."""
        start = max(start, _PAGE)
        if end > start:
            _sync_file_range(fd, start, end - start, _SYNC_FILE_RANGE_WRITE)

else:

    def start_writeback(fd: int, *, start: int, end: int) -> None:
        """Nothing: only Linux can be asked."""
        del fd, start, end
