"""The buffer between socket and disk: page aligned, one per association, used again for every instance."""

import fcntl
import mmap
import os

_PAGE = 4096
_SIZE = 256 << 10  # the disk works on the first pieces while the next ones arrive
# From this size on, going around the page cache costs less than filling it.
_DIRECT_FROM = 128 << 10


class Stage:
    """Collects the bytes of one file after the other and writes them in large pieces."""

    def __init__(self) -> None:
        self._view = memoryview(mmap.mmap(-1, _SIZE))
        self._fd = -1
        self._filled = 0
        self._flushed = 0

    def begin(self, fd: int) -> None:
        """Collect for this empty file from now on."""
        self._fd = fd
        self._filled = 0
        self._flushed = 0

    def add(self, data: bytes | memoryview) -> None:
        """Append to the file."""
        at, end = 0, len(data)
        while at < end:
            step = min(end - at, _SIZE - self._filled)
            self._view[self._filled : self._filled + step] = data[at : at + step]
            self._filled += step
            at += step
            if self._filled == _SIZE:
                self._flush()

    def finish(self, patch: bytes, *, at: int) -> None:
        """Put `patch` at position `at` of the file and write all that is not yet written."""
        is_whole = self._flushed == 0
        if is_whole:
            self._view[at : at + len(patch)] = patch
        self._flush()
        if not is_whole:
            os.pwrite(self._fd, patch, at)

    def _flush(self) -> None:
        pages = self._filled - self._filled % _PAGE
        direct = pages if pages >= _DIRECT_FROM else 0
        if direct and _set_direct(self._fd, on=True):
            self._write(0, direct)
            _set_direct(self._fd, on=False)
        else:
            direct = 0
        self._write(direct, self._filled)
        self._flushed += self._filled
        self._filled = 0

    def _write(self, start: int, end: int) -> None:
        while start < end:
            start += os.pwrite(self._fd, self._view[start:end], self._flushed + start)


def _set_direct(fd: int, *, on: bool) -> bool:
    """Switch O_DIRECT; False where the file system knows no such thing."""
    if not hasattr(os, "O_DIRECT"):
        return False
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_DIRECT if on else flags & ~os.O_DIRECT)
    except OSError:
        return False
    return True
