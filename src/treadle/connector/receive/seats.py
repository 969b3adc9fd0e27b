"""Seats for associations, counted over all receiver processes in one small shared file."""

import fcntl
import mmap
import os
from pathlib import Path
from struct import Struct
from threading import Lock

_SEAT = Struct("<I44s")  # pid (0 = free), peer address as text


class Seats:
    """A table of `total` seats in `path`; at most `per_peer` of them for one address."""

    def __init__(self, path: Path, *, total: int, per_peer: int) -> None:
        self._total = total
        self._per_peer = per_peer
        self._lock = Lock()
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        size = total * _SEAT.size
        if os.fstat(self._fd).st_size < size:  # written, not only extended: a hole on a full disk is SIGBUS
            os.pwrite(self._fd, bytes(size), 0)
        self._table = mmap.mmap(self._fd, size)

    def take(self, address: str) -> int | None:
        """The number of a seat now ours, or None when all (or all of this peer's) are taken."""
        name = address.encode()[:44].ljust(44, b"\0")
        with self._lock:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                return self._take(name)
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def _take(self, name: bytes) -> int | None:
        seats = list(_SEAT.iter_unpack(self._table[:]))
        same_peer = sum(1 for pid, peer in seats if pid and peer == name)
        free = next((number for number, (pid, _) in enumerate(seats) if not pid), None)
        if free is None or same_peer >= self._per_peer:
            return None
        _SEAT.pack_into(self._table, free * _SEAT.size, os.getpid(), name)
        return free

    def give_back(self, seat: int) -> None:
        """Free the seat."""
        _SEAT.pack_into(self._table, seat * _SEAT.size, 0, b"")

    def clear_process(self, pid: int) -> None:
        """Free the seats a dead process left taken."""
        for number, (owner, _) in enumerate(_SEAT.iter_unpack(self._table[:])):
            if owner == pid:
                self.give_back(number)
