"""Child processes that never outlive their parent, and lock files that end with their holder."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

IS_LINUX = sys.platform.startswith("linux")

_PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True) if IS_LINUX else None


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before exec so that it gets the signal when the starting *thread* ends (Linux).

    Elsewhere there is no such thing (None): such systems need a watcher on a pipe the parent holds open.
    """
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it ended before the line above
            os.kill(os.getpid(), signal.SIGKILL)

    return arm


def is_alive(process: psutil.Process) -> bool:
    """Whether the process runs; a zombie that nobody reaps does not."""
    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def wait_until_gone(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those still alive when the time is over."""
    end = time.monotonic() + seconds
    left = [process for process in processes if is_alive(process)]
    while left and time.monotonic() < end:
        time.sleep(0.02)
        left = [process for process in left if is_alive(process)]
    return left


class LockHeldError(Exception):
    """Another process holds the lock; `note` is what it wrote there."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class LockFile:
    """An advisory lock the system gives up when its holder ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self, note: str = "") -> None:
        """Take the lock at once or raise `LockHeldError`."""
        file = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            held_by = file.read().strip()
            file.close()
            raise LockHeldError(held_by) from None
        self._file = file
        try:
            self.write(note)
        except OSError:  # a full disk: not to stand in our own way at the next try
            self._file = None
            with suppress(OSError):
                file.close()
            raise

    def write(self, note: str) -> None:
        """Replace what others read when they find the lock held."""
        assert self._file is not None, "acquire first"  # noqa: S101
        self._file.seek(0)
        self._file.truncate()
        self._file.write(note)
        self._file.flush()

    def release(self) -> None:
        """Give the lock back; the file stays, so that nobody locks a deleted one."""
        if self._file is not None:
            self.write("")
            self._file.close()
            self._file = None
