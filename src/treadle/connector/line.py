"""The line of series waiting for a worker: first come first served, some not before a time."""

import heapq
from threading import Condition
from time import monotonic


class Line:
    """Hands each series to one worker at a time; a series that joins while it is served is served again."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._due: dict[int, float] = {}
        self._heap: list[tuple[float, int]] = []
        self._served: dict[int, float] = {}  # with the time each was due
        self._closed = False

    def join(self, series_id: int, *, after_s: float = 0.0) -> None:
        """Queue the series, to be served after so many seconds; an earlier time already given stays."""
        with self._changed:
            due = min(monotonic() + after_s, self._due.get(series_id, float("inf")))
            self._due[series_id] = due
            heapq.heappush(self._heap, (due, series_id))
            self._changed.notify_all()

    def give_back(self, series_id: int) -> None:
        """Queue the series one was serving where it stood before."""
        with self._changed:
            after_s = self._served[series_id] - monotonic()
        self.join(series_id, after_s=after_s)

    def take(self) -> int | None:
        """The next series, waited for; None once the line is closed."""
        with self._changed:
            while not self._closed:
                now = monotonic()
                series_id = self._pop(now)
                if series_id is not None:
                    return series_id
                self._changed.wait(self._wait_s(now))
        return None

    def done(self, series_id: int) -> None:
        """The worker has finished with the series."""
        with self._changed:
            self._served.pop(series_id, None)
            self._changed.notify_all()

    def close(self) -> None:
        """Send all workers home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def length(self) -> int:
        """Series waiting or being served."""
        with self._changed:
            return len(self._due.keys() | self._served.keys())

    def is_idle(self) -> bool:
        """Whether no series is served or due now; some may come later."""
        with self._changed:
            return not self._served and all(due > monotonic() for due in self._due.values())

    def _pop(self, now: float) -> int | None:
        served_again = []
        found = None
        while self._heap and found is None and self._heap[0][0] <= now:
            due, series_id = heapq.heappop(self._heap)
            if self._due.get(series_id) != due:
                continue  # an entry that a later `join` replaced
            if series_id in self._served:
                served_again.append((due, series_id))
            else:
                self._served[series_id] = self._due.pop(series_id)
                found = series_id
        for entry in served_again:
            heapq.heappush(self._heap, entry)
        return found

    def _wait_s(self, now: float) -> float | None:
        later = [due for due, _ in self._heap if due > now]
        return min(later) - now if later else None
