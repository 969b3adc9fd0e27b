"""The life of a series in the log: one JSON line per step, all with the same `id` (connector.md 11)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from typing import Any, Literal, Protocol

from treadle.connector.health import log_event

Step = Literal[
    "discovered",
    "changed",
    "complete",
    "skipped",
    "retrieved",
    "packed",
    "uploaded",
    "unchanged",
    "placed",
    "failed",
    "abandoned",
    "held",
    "ignored",
    "forgotten",
    "rechecked",
]
_TROUBLE = frozenset({"failed", "abandoned", "held"})


class SeriesLike(Protocol):
    """What names a series."""

    @property
    def device(self) -> str: ...
    @property
    def study(self) -> str: ...
    @property
    def series(self) -> str: ...


def event_id(series: SeriesLike) -> str:
    """The id of a series in the log, the same over restarts and for every part of the connector."""
    name = "\x1f".join((series.device, series.study, series.series))
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def series_called(name: str, known: Iterable[SeriesLike]) -> str:
    """The Series Instance UID of the series with that id; a name that is no id is taken for a UID."""
    return next((one.series for one in known if event_id(one) == name), name)


def series_event(step: Step, series: SeriesLike, **fields: Any) -> None:
    """Log one step of a series; `fields` hold UIDs and counts, never patient data."""
    level = logging.WARNING if step in _TROUBLE else logging.INFO
    log_event(step, level=level, id=event_id(series), device=series.device, series=series.series, **fields)
