"""Which instances of an awaited series have reached the spool: tells a retrieval whether it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

Key = tuple[str, str, str]


class Expected:
    """The distinct instances of one series that arrived since somebody began to wait for them."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._sops: set[str] = set()
        self.moved_at = monotonic()
        """When something last happened."""

    @property
    def count(self) -> int:
        """Distinct instances so far."""
        return len(self._sops)

    def note(self, sop: str) -> None:
        """One has arrived."""
        with self._changed:
            self._sops.add(sop)
            self.moved_at = monotonic()
            self._changed.notify_all()

    def wait_for(self, count: int, *, patience_s: float) -> bool:
        """Whether so many have arrived, waited for as long as more keep coming."""
        with self._changed:
            while len(self._sops) < count:
                left = self.moved_at + patience_s - monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True


class Arrivals:
    """Passes on what the indexer sorts to those who wait for it."""

    def __init__(self) -> None:
        self._expected: dict[Key, Expected] = {}

    @contextmanager
    def expect(self, *, device: str, study: str, series: str) -> Iterator[Expected]:
        """Count what arrives of this series from now on."""
        expected = Expected()
        self._expected[device, study, series] = expected
        try:
            yield expected
        finally:
            del self._expected[device, study, series]

    def note(self, *, device: str, study: str, series: str, sop: str) -> None:
        """An instance is in its series, new or as it was before."""
        expected = self._expected.get((device, study, series))
        if expected is not None:
            expected.note(sop)
