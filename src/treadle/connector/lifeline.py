"""Ends this process when the one that started it is gone, even if that one was killed."""

import ctypes
import os
import signal
import sys
from threading import Thread
from time import sleep

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """From now on this process gets SIGTERM when process `parent`, which started it, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    # Also on Linux: the signal is tied to the parent's thread, and the parent may be gone before prctl.
    while os.getppid() == parent:
        sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
