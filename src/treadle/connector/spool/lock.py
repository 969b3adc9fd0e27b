"""One connector per spool, and no successor before its receivers have ended."""

import fcntl
import os
from time import monotonic, sleep

from treadle.connector.spool.layout import Layout

_PREDECESSOR_S = 10.0


class CannotStartError(Exception):
    """The connector cannot start; the message says why and what to do."""


def lock_spool(layout: Layout) -> int:
    """The lock of the spool as a file descriptor: held until it is closed."""
    try:
        layout.make()
        fd = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise CannotStartError(f"spool folder {layout.root} cannot be used: {error.strerror}") from error
    if not _flock(fd, for_s=0):
        os.close(fd)
        raise CannotStartError(f"another connector already runs on the spool folder {layout.root}")
    return fd


def is_running(layout: Layout) -> bool:
    """Whether a connector runs on the spool."""
    try:
        fd = os.open(layout.lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _flock(fd, for_s=0)
    finally:
        os.close(fd)


def wait_for_old_receivers(layout: Layout) -> None:
    """Receivers of a killed connector may still be finishing: only then their part files are left-overs."""
    fd = os.open(layout.receivers_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        if not _flock(fd, for_s=_PREDECESSOR_S):
            raise CannotStartError("receivers of an earlier connector do not end; stop them by hand")
    finally:
        os.close(fd)


def _flock(fd: int, *, for_s: float) -> bool:
    give_up_at = monotonic() + for_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= give_up_at:
                return False
            sleep(0.05)
        else:
            return True
