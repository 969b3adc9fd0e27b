"""Brings files into the spool as if a device had sent them, and tells what became of their series."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic, time_ns

from treadle.connector.config import ConnectorConfig
from treadle.connector.files import Finder
from treadle.connector.spool.layout import Layout, is_safe_uid, keep_to_ourselves
from treadle.connector.spool.state import Series, State

Key = tuple[str, str]
_LOOK_S = 0.5


class DiskFullError(Exception):
    """The spool's disk has less free space than must stay free."""


def bring_in(
    finder_of: Callable[[Path, int], Finder], config: ConnectorConfig, device: str
) -> tuple[list[Key], Finder]:
    """Put the files where received ones are put; their series, and what was found and passed over."""
    layout = Layout(config.spool)
    keep_to_ourselves()
    layout.make()
    target = layout.arriving / device
    target.mkdir(exist_ok=True)
    keys: dict[Key, None] = {}
    with TemporaryDirectory(dir=layout.outbox.parent, prefix="import-") as folder:
        scratch = Path(folder)
        finder = finder_of(scratch, config.limits.max_instance)
        for number, facts in enumerate(finder):
            path = facts.path
            if path is None:
                continue
            if shutil.disk_usage(target).free < config.limits.min_free:
                raise DiskFullError(
                    f"disk nearly full after {number} files; what is in the spool is sent later"
                )
            part = path if path.parent == scratch else Path(shutil.copyfile(path, scratch / "copy"))
            part.replace(target / f"{time_ns():020d}-import-{number}.dcm")
            if all(map(is_safe_uid, (facts.study_uid, facts.series_uid, facts.sop_uid))):
                keys[facts.study_uid, facts.series_uid] = None
    return list(keys), finder


class Watch:
    """Looks now and then how many of the series have been dealt with, or are held, and tells how many more."""

    def __init__(
        self, config: ConnectorConfig, device: str, keys: Sequence[Key], *, tell: Callable[[int], object]
    ) -> None:
        layout = Layout(config.spool)
        self._arriving = layout.arriving / device
        self._state = State(layout.database)
        self._device = device
        self._keys = keys
        self._tell = tell
        self._told = 0
        self._look_at = 0.0

    def look(self) -> bool:
        """Whether all of them have been; at most twice a second anybody is asked."""
        if monotonic() < self._look_at:
            return False
        self._look_at = monotonic() + _LOOK_S
        if any(self._arriving.glob("*-import-*.dcm")):
            return False
        over = sum(_is_over(one) for one in outcome(self._state, self._device, self._keys))
        self._tell(over - self._told)
        self._told = over
        return over == len(self._keys)

    def wait(self, stop: Event) -> None:
        """Wait for all of them."""
        while not self.look() and not stop.wait(_LOOK_S):
            pass

    def close(self) -> None:
        """Look for the last time."""
        self._look_at = 0.0
        self.look()
        self._state.close()


def _is_over(series: Series | None) -> bool:
    # A skipped series is forgotten together with its files.
    return series is None or series.state == "held" or series.generation <= series.settled


def outcome(state: State, device: str, keys: Iterable[Key]) -> Iterator[Series | None]:
    """What is known of each series; None for one that is forgotten."""
    for study, series in keys:
        yield state.find_series(device=device, study=study, series=series)
