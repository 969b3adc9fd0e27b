"""The buffer between socket and disk: page aligned, one per association, used again for every instance."""

import fcntl
import mmap
import os

_PAGE = 4096
_SIZE = 1 << 20  # one write for most images: each has its price, and the processor is what is scarce
# From this size on, going around the page cache costs less than filling it.
_DIRECT_FROM = 128 << 10


class Stage:
    """Collects the bytes of one file after the other and writes them in large pieces.

    The first page of a file that needs several pieces is held back until it has its patch: to change it afterwards
    the system would have to read it again.
    """

    def __init__(self) -> None:
        self._view = memoryview(mmap.mmap(-1, _SIZE))
        self._first = memoryview(mmap.mmap(-1, _PAGE))
        self._fd = -1
        self._filled = 0
        self._flushed = 0
        self._is_direct = False

    def begin(self, fd: int) -> None:
        """Collect for this empty file from now on."""
        self._fd = fd
        self._filled = 0
        self._flushed = 0
        self._is_direct = False

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
        """Put `patch` at position `at` in the first page of the file and write all that is not yet written."""
        is_whole = self._flushed == 0
        (self._view if is_whole else self._first)[at : at + len(patch)] = patch
        pages = self._filled - self._filled % _PAGE
        if is_whole and pages < _DIRECT_FROM:
            pages = 0
        elif pages:
            self._go_direct(on=True)
        self._write(self._view[:pages], self._flushed)
        if not is_whole:
            self._write(self._first, 0)
        self._go_direct(on=False)
        self._write(self._view[pages : self._filled], self._flushed + pages)

    def _flush(self) -> None:
        self._go_direct(on=True)
        start = 0 if self._flushed else _PAGE
        if start:
            self._first[:] = self._view[:start]
        self._write(self._view[start:], self._flushed + start)
        self._flushed += _SIZE
        self._filled = 0

    def _write(self, data: memoryview, position: int) -> None:
        at = 0
        while at < len(data):
            at += os.pwrite(self._fd, data[at:], position + at)

    def _go_direct(self, *, on: bool) -> None:
        """Switch O_DIRECT, where the file system knows it."""
        if on == self._is_direct or not hasattr(os, "O_DIRECT"):
            return
        flags = fcntl.fcntl(self._fd, fcntl.F_GETFL)
        try:
            fcntl.fcntl(self._fd, fcntl.F_SETFL, flags | os.O_DIRECT if on else flags & ~os.O_DIRECT)
        except OSError:
            return
        self._is_direct = on
