"""One device's landing folder with a stock of empty part files: no sender waits for their creation."""

import os
from collections import deque
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from threading import Condition, Thread

# Refilled by half: each refill costs a journal commit that the senders' own ones have to wait for.
_STOCK = 96
_numbers = count()


class Spare:
    """An empty part file whose name is already durable."""

    __slots__ = ("fd", "path")

    def __init__(self, folder: str) -> None:
        self.path = f"{folder}/{os.getpid()}-{next(_numbers)}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self.fd = os.open(self.path, flags, 0o640)


class Folder:
    """Gives out part files in `path`; a thread refills the stock, one folder sync for many files."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent)
        sync_folder(path.parent.parent)
        self.path = str(path)
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        self._stock: deque[Spare] = deque()
        self._wanted = Condition()
        self._waiting = 0
        self._failure: OSError | None = None
        self._closed = False
        Thread(target=self._refill, name="spares", daemon=True).start()

    def free_bytes(self) -> int:
        """Bytes an ordinary user may still write to this disk."""
        stat = os.fstatvfs(self._fd)
        return stat.f_bavail * stat.f_frsize

    def take(self) -> Spare:
        """A part file; OSError when none can be made."""
        with self._wanted:
            if len(self._stock) <= _STOCK // 2:
                self._wanted.notify_all()
            self._failure = None
            while not self._stock:
                if self._failure:
                    raise self._failure
                self._wanted.wait()
            return self._stock.popleft()

    def close(self) -> None:
        """Remove the stock."""
        with self._wanted:
            self._closed = True
            _remove(self._stock)
            self._stock.clear()

    def _refill(self) -> None:
        while True:
            with self._wanted:
                while len(self._stock) > _STOCK // 2:
                    self._wanted.wait()
                if self._closed:
                    return
            self._make()

    def _make(self) -> None:
        made: list[Spare] = []
        failure = None
        try:
            for _ in range(_STOCK // 2):
                made.append(Spare(self.path))
            os.fsync(self._fd)
        except OSError as error:
            failure = error
            _remove(made)
            made = []
        with self._wanted:
            self._failure = failure
            self._stock.extend(made)
            self._wanted.notify_all()
            if failure:
                self._wanted.wait(1)


def _remove(spares: Iterable[Spare]) -> None:
    for spare in spares:
        os.close(spare.fd)
        Path(spare.path).unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
