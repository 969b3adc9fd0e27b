"""Series that are packed shortly before their quiet time is over, so that they are sent the moment it is.

Nothing reaches the server sooner than it did: a worker that comes to a series with a head start waits with the zip
at hand until the series is complete, and gives it up when something more arrives.
"""

from threading import Condition
from time import monotonic

from treadle.connector.errors import ChangedError

_LONGEST_S = 2.0  # a worker that waits delivers nothing else


def head_start(quiet_s: float) -> float:
    """How long before the end of this quiet time packing begins: a series that was silent for half of it."""
    return min(quiet_s / 2, _LONGEST_S)


class HeadStarts:
    """The series that are not complete yet although they stand in line."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._early: dict[int, int] = {}  # how often each changed
        self._is_closed = False

    def give(self, series_id: int) -> None:
        """The series may be packed now, and not be sent."""
        with self._changed:
            self._early.setdefault(series_id, 0)

    def spoil(self, series_id: int) -> None:
        """Something more came into the series: what was packed is not all of it."""
        with self._changed:
            if series_id in self._early:
                self._early[series_id] += 1
                self._changed.notify_all()

    def end(self, series_id: int) -> None:
        """The series is complete."""
        with self._changed:
            if self._early.pop(series_id, None) is not None:
                self._changed.notify_all()

    def close(self) -> None:
        """Nobody shall wait any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def wait(self, series_id: int) -> None:
        """Until the series is complete; ChangedError when it changes, or stays incomplete for too long."""
        until = monotonic() + 2 * _LONGEST_S
        with self._changed:
            changes = self._early.get(series_id)
            while series_id in self._early:
                left = until - monotonic()
                if self._is_closed or left <= 0 or self._early[series_id] != changes:
                    raise ChangedError
                self._changed.wait(left)
