"""Waiting for what another process does: patient, since the machine may be busy, and quick to see that it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 120.0
FIRST_LOOK_S, LAST_LOOK_S = 0.02, 0.25

Found = TypeVar("Found")


def wait_until(is_true: Callable[[], Found], what: str = "", *, for_s: float = PATIENCE_S) -> Found:
    """What the function answers as soon as that is true; it is asked often at first, then four times a second."""
    deadline, pause = time.monotonic() + for_s, FIRST_LOOK_S
    while not (found := is_true()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {for_s:g} s in vain: {what}")
        time.sleep(pause)
        pause = min(1.25 * pause, LAST_LOOK_S)
    return found
