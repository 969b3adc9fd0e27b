"""Lets threads that are in no hurry step back while images arrive: a scanner waits for its receiver."""

import os
import sys
from threading import get_native_id

_NICE = 10


def step_back() -> None:
    """Lower the priority of the calling thread (Linux; elsewhere it stays)."""
    if sys.platform == "linux":
        thread = get_native_id()
        ordinary = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(ordinary + _NICE, 19))
