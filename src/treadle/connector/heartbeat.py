"""Tells people how the connector is: `status.json` in the spool, a heartbeat to the server, `/metrics`."""

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic, time
from typing import Any

from treadle import __version__
from treadle.connector.api import Api
from treadle.connector.config import ConnectorConfig
from treadle.connector.devices import Devices
from treadle.connector.discretion import outward
from treadle.connector.errors import ConnectorError
from treadle.connector.events import event_id
from treadle.connector.figures import figures
from treadle.connector.health import Health, log_event
from treadle.connector.history import History
from treadle.connector.metrics import serve_metrics
from treadle.connector.pipeline import Pipeline
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Series, State

_STATUS_EVERY_S = 5.0
_HELD_SHOWN = 50
# The longest silence we promise: two lost heartbeats are no alarm.
_SILENCE = 2.5


class Heartbeat:
    """Reports in its own thread."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        config: ConnectorConfig,
        health: Health,
        *,
        devices: Devices,
        pipeline: Pipeline,
        api: Api,
        pulls: Callable[[], dict[str, Any]],
    ) -> None:
        self._layout = layout
        self._state = state
        self._config = config
        self._health = health
        self._devices = devices
        self._pipeline = pipeline
        self._api = api
        self._pulls = pulls
        self._history = History(layout.root / "figures.db")
        self._stop_metrics: Callable[[], None] | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Start reporting; OSError when the address for metrics cannot be used."""
        if self._config.metrics is not None:
            self._stop_metrics = serve_metrics(*self._config.metrics, self.facts)
        self._thread.start()

    def stop(self, *, timeout_s: float) -> None:
        """Stop reporting."""
        self._stop.set()
        if self._stop_metrics is not None:
            self._stop_metrics()
        self._thread.join(timeout_s)
        self._save_counts()

    def _run(self) -> None:
        beat_at = 0.0
        while not self._stop.is_set():
            try:
                self._check_disk()
                self._save_counts()
                facts = self.facts()
                self._write_status(facts)
                if monotonic() - beat_at >= self._config.heartbeat_s or not beat_at:
                    beat_at = monotonic()
                    self._beat(facts)
            except (OSError, sqlite3.Error) as error:  # a full disk: we are heard of again once there is room
                log_event("heartbeat failed", level=30, reason=str(error))
            self._stop.wait(min(_STATUS_EVERY_S, self._config.heartbeat_s))

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self._layout.root).free
        short = free < self._config.limits.min_free
        message = f"disk nearly full: {free >> 20} MiB free, nothing is received" if short else None
        self._health.trouble("disk", message)

    def _save_counts(self) -> None:
        counts = self._health.take_unsaved()
        try:
            self._history.add(counts)
        except sqlite3.Error as error:  # a full disk: they are saved once there is room
            self._health.give_back(counts)
            log_event("figures not saved", level=30, reason=str(error))

    def facts(self) -> dict[str, Any]:
        """Everything to be told: the queue, what is held back, counts since the start, rates, options."""
        unsettled = self._state.unsettled_series()
        by_state = self._state.count_by_state()
        held = self._state.held_series(limit=_HELD_SHOWN)
        return {
            "queue": self._pipeline.queue_length(),
            "series": by_state,
            "unsent": len(unsettled),
            "oldest_unsent": unsettled[0].series if unsettled else None,
            "spool_bytes": self._state.spooled_bytes(),
            "free_bytes": shutil.disk_usage(self._layout.root).free,
            "devices": self._health.counters(),
            "pull": self._pulls(),
            "figures": figures(self._history),
            "held": [_held(series) for series in held],
            "routing": {device.id: asdict(device.mapping.routing) for device in self._devices.all()},
            "errors": [*self._health.troubles(), *_held_errors(held, by_state.get("held", 0))],
        }

    def _write_status(self, facts: dict[str, Any]) -> None:
        document = {"written_at": time(), "version": __version__, **facts}
        part = self._layout.status.with_suffix(".part")
        try:
            part.write_text(json.dumps(document))
            part.replace(self._layout.status)
        except OSError as error:
            log_event("status not written", level=30, reason=str(error))

    def _beat(self, facts: dict[str, Any]) -> None:
        info = outward(facts)
        document = {
            "type": "connector",
            "version": __version__,
            "interval": max(1, int(self._config.heartbeat_s * _SILENCE)),
            "errors": info.pop("errors"),
            "info": info,
        }
        try:
            self._api.heartbeat(document)
        except ConnectorError as error:
            log_event("heartbeat failed", level=30, reason=str(error))


def _held(series: Series) -> dict[str, Any]:
    since = series.settled_at
    return {
        "id": event_id(series),
        "device": series.device,
        "study": series.study,
        "series": series.series,
        "reason": series.reason,
        "since": None if since is None else datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds"),
        "retry": f"treadle connector retry {series.series}",
    }


def _held_errors(held: list[Series], total: int) -> list[str]:
    """One line per device; the server tells these from other errors by how they begin."""
    by_device = Counter(series.device for series in held)
    more = f" (of {total} in all)" if total > len(held) else ""
    first = {series.device: series.reason for series in reversed(held)}
    return [
        f"held: {device}: {count} series held back{more}: {first[device]}"
        for device, count in sorted(by_device.items())
    ]
