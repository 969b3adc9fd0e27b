"""Waiting times after failures, and the gate at which all uploads wait while the server is away."""

import random
from threading import Event, Lock
from time import monotonic

FIRST_S = 5.0
LONGEST_S = 600.0


def delay(failures: int, *, first_s: float = FIRST_S) -> float:
    """Seconds to wait after the n-th failure in a row: doubling to ten minutes, less up to a quarter."""
    base = min(first_s * 2.0 ** min(failures - 1, 30), LONGEST_S)
    return base * random.uniform(0.75, 1.0)  # noqa: S311 - spreads load, guards nothing


class Gate:
    """Closed for a growing time by failures in a row, opened by a success."""

    def __init__(self, *, first_s: float = FIRST_S) -> None:
        self._first_s = first_s
        self._failures = 0
        self._opens_at = 0.0
        self._lock = Lock()

    def failed(self, *, retry_after_s: float | None = None) -> None:
        """Close; further failures of requests that began before it closed do not count."""
        with self._lock:
            if monotonic() < self._opens_at:
                return
            self._failures += 1
            wait = delay(self._failures, first_s=self._first_s)
            self._opens_at = monotonic() + max(wait, min(retry_after_s or 0, LONGEST_S))

    def succeeded(self) -> None:
        """Open, and forget earlier failures."""
        with self._lock:
            self._failures = 0
            self._opens_at = 0.0

    def wait(self, stop: Event) -> bool:
        """Wait until the gate is open; False when `stop` came first."""
        while not stop.is_set():
            with self._lock:
                left = self._opens_at - monotonic()
            if left <= 0:
                return True
            stop.wait(min(left, 1.0))
        return False
