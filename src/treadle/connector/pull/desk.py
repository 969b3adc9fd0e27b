"""What all parts of one device's pull share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from treadle.connector.config import DeviceConfig
from treadle.connector.events import SeriesLike, Step, series_event
from treadle.connector.health import Health
from treadle.connector.pull.retrieve import Retriever
from treadle.connector.pull.scu import Scu
from treadle.connector.pull.state import PullState, Row
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Series


@dataclass(frozen=True)
class Clock:
    """Where times come from: `monotonic` for waits, `now` for the day and the working hours."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One device, its source, and the spool its series go to."""

    device: DeviceConfig
    scu: Scu
    retriever: Retriever
    pulled: PullState
    layout: Layout
    health: Health
    submit: Callable[[int], None]
    """Delivers a series of the spool."""
    watch: Callable[[int], None]
    """Lets a series of the spool become complete by quiet time."""
    min_free: int
    clock: Clock = field(default_factory=Clock)
    stop: Event = field(default_factory=Event)

    def note(self, step: Step, series: SeriesLike, **more: object) -> None:
        """One line of the log about a series."""
        series_event(step, series, **{key: value for key, value in more.items() if value is not None})

    def count(self, what: str) -> None:
        """Add one to a counter of the device."""
        self.health.count(self.device.id, what)

    def spooled(self, row: Row) -> Series | None:
        """The series in the spool, None when it is not there or no longer."""
        return self.pulled.spool.find_series(device=row.device, study=row.study, series=row.series)

    def files(self, row: Row) -> Path:
        """The folder of the series in the spool."""
        return self.layout.series(device=row.device, study=row.study, series=row.series)
