"""Lets work that is in no hurry step back while images arrive: a scanner waits for its receiver (Linux only)."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import get_native_id

_NICE = 10
_SESSION = Path("/proc/self/autogroup")


def step_back() -> None:
    """Lower the priority of the calling thread."""
    if sys.platform == "linux":
        thread = get_native_id()
        ordinary = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(ordinary + _NICE, 19))


def step_back_as_session() -> None:
    """Lower the priority of this process against other sessions, the receivers for instance.

    Where Linux shares processor time out among sessions first (autogroup, see sched(7)), a thread's own priority
    counts only within its session. Nothing is done where the session is somebody else's.
    """
    if sys.platform == "linux" and os.getsid(0) == os.getpid():
        with suppress(OSError):  # no such thing here
            _SESSION.write_text(str(_NICE))
