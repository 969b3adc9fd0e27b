"""Where a worker packs its zips: memory used again and again, a file in `outbox/` for what is larger."""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path
from typing import BinaryIO

_MOST_MEMORY = 128 << 20


class Scratch(io.RawIOBase):
    """A file to write once and read in parts; `clear` makes it empty, its memory stays for the next zip."""

    def __init__(self, path: Path, *, most_memory: int = _MOST_MEMORY) -> None:
        self._path = path
        self._most_memory = most_memory
        # Address space only: the system gives pages as they are written, and they never move.
        self._memory = memoryview(mmap.mmap(-1, most_memory))
        self._size = 0
        self._file: BinaryIO | None = None

    def clear(self) -> None:
        """Forget what was written."""
        self._size = 0
        if self._file is not None:
            self._file.close()
            self._file = None
            self._path.unlink(missing_ok=True)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override]
        """Append."""
        end = self._size + len(data)
        if self._file is None and end > self._most_memory:
            self._move_to_file()
        if self._file is not None:
            self._file.write(data)
        else:
            self._memory[self._size : end] = data
        self._size = end
        return len(data)

    def part(self, *, offset: int, size: int) -> memoryview:
        """That part of what was written, shorter at its end; valid until `clear`."""
        size = max(min(size, self._size - offset), 0)
        if self._file is None:
            return self._memory[offset : offset + size]
        self._file.flush()
        return memoryview(os.pread(self._file.fileno(), size, offset))

    def _move_to_file(self) -> None:
        self._file = self._path.open("w+b")
        self._file.write(self._memory[: self._size])
