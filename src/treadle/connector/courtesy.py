"""Lets work that is in no hurry step back while images arrive: a scanner waits for its receiver (Linux only)."""

import os
import sys
from pathlib import Path
from threading import get_native_id

_NICE = 10  # leaves a tenth of a contested processor: nothing starves
_AUTOGROUP = Path("/proc/self/autogroup")


def step_back() -> None:
    """Lower the priority of the calling thread."""
    if sys.platform == "linux":
        thread = get_native_id()
        ordinary = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(ordinary + _NICE, 19))


class SessionPriority:
    """The priority of our session as a whole against other sessions, such as those of the receivers.

    Where Linux shares processor time out among sessions first (autogroup, see sched(7)), a thread's own priority
    counts only within its session. Does nothing in a session that somebody else began.
    """

    def __init__(self) -> None:
        self._is_ours = sys.platform == "linux" and os.getsid(0) == os.getpid()
        self._is_low = False

    def lower(self, *, low: bool) -> None:
        """Step back, or take an equal share again."""
        if not self._is_ours or low == self._is_low:
            return
        try:
            _AUTOGROUP.write_text(str(_NICE if low else 0))
        except BlockingIOError:  # changed just now: the next call comes soon
            return
        except OSError:  # no such thing here
            self._is_ours = False
        self._is_low = low
