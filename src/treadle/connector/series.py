"""When a series is complete: nothing new for its quiet time, or waited for long enough (flow step 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass
class _Watch:
    first: float
    last: float


class Watcher:
    """Monotonic times of what arrived: clock jumps do not matter, a restart begins the quiet time anew."""

    def __init__(self, *, limits_of: Callable[[int], tuple[float, float]]) -> None:
        """`limits_of` gives quiet time and longest wait of a series, in seconds."""
        self._limits_of = limits_of
        self._watched: dict[int, _Watch] = {}
        self._lock = Lock()

    def note(self, series_id: int, *, at: float) -> None:
        """Something new came into the series."""
        with self._lock:
            watch = self._watched.setdefault(series_id, _Watch(at, at))
            watch.last = at

    def drop(self, series_id: int) -> None:
        """No longer watch the series."""
        with self._lock:
            self._watched.pop(series_id, None)

    def complete(self, *, as_of: float) -> list[int]:
        """Series complete at that time, oldest first; they are no longer watched."""
        with self._lock:
            done = [
                series_id
                for series_id, watch in self._watched.items()
                if self._is_complete(series_id, watch, as_of)
            ]
            for series_id in done:
                del self._watched[series_id]
            return done

    def is_idle(self) -> bool:
        """Whether no series is watched."""
        with self._lock:
            return not self._watched

    def _is_complete(self, series_id: int, watch: _Watch, as_of: float) -> bool:
        quiet, longest = self._limits_of(series_id)
        return as_of - watch.last >= quiet or as_of - watch.first >= longest
