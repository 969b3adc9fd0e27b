"""Lets work that is in no hurry step back while images arrive: a scanner waits for its receiver."""

import os
import sys
from collections import deque
from pathlib import Path
from threading import Event, get_native_id
from time import monotonic

_NICE = 10  # leaves a tenth of a contested processor: nothing starves
_AUTOGROUP = Path("/proc/self/autogroup")
_WINDOW_S = 0.2
_RUSH = 30  # images within the window: more than any scanner makes
_LET_PASS_S = 4.0
_LOOK_EVERY_S = 0.02


def step_back() -> None:
    """Lower the priority of the calling thread (Linux; elsewhere it stays)."""
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


class Rush:
    """Images that come faster than a scanner makes them: deliveries that have not begun let them pass.

    Their files and those of a delivery share a disk, and there no priority counts. A rush that goes on, an archive
    that is moved, is not waited for: nothing is put off for longer than a few seconds.
    """

    def __init__(self) -> None:
        self._found: deque[tuple[float, int]] = deque()
        self._began: float | None = None

    def note(self, count: int, *, at: float) -> None:
        """So many images were found; to be told often, also of none."""
        self._found.append((at, count))
        while self._found[0][0] <= at - _WINDOW_S:
            self._found.popleft()
        if sum(number for _, number in self._found) < _RUSH:
            self._began = None
        elif self._began is None:
            self._began = at

    def is_on(self, *, at: float) -> bool:
        """Whether a delivery should wait."""
        began = self._began
        return began is not None and at - began < _LET_PASS_S

    def let_pass(self, stop: Event) -> None:
        """Wait until it is over, or until `stop`."""
        while self.is_on(at=monotonic()) and not stop.wait(_LOOK_EVERY_S):
            pass
