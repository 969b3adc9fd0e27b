"""Tells people how the connector is: `status.json` in the spool, and a heartbeat to the server."""

import json
import shutil
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic, time
from typing import Any

from treadle import __version__
from treadle.connector.api import Api
from treadle.connector.config import ConnectorConfig
from treadle.connector.errors import ConnectorError
from treadle.connector.health import Health, log_event
from treadle.connector.pipeline import Pipeline
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import State

_STATUS_EVERY_S = 5.0


class Heartbeat:
    """Reports in its own thread."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        config: ConnectorConfig,
        health: Health,
        *,
        pipeline: Pipeline,
        api: Api,
        pulls: Callable[[], dict[str, Any]],
    ) -> None:
        self._layout = layout
        self._state = state
        self._config = config
        self._health = health
        self._pipeline = pipeline
        self._api = api
        self._pulls = pulls
        self._stop = Event()
        self._thread = Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Start reporting."""
        self._thread.start()

    def stop(self, *, timeout_s: float) -> None:
        """Stop reporting."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        beat_at = 0.0
        while not self._stop.is_set():
            self._check_disk()
            info = self._info()
            self._write_status(info)
            if monotonic() - beat_at >= self._config.heartbeat_s or not beat_at:
                beat_at = monotonic()
                self._beat(info)
            self._stop.wait(min(_STATUS_EVERY_S, self._config.heartbeat_s))

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self._layout.root).free
        short = free < self._config.limits.min_free
        message = f"disk nearly full: {free >> 20} MiB free, nothing is received" if short else None
        self._health.trouble("disk", message)

    def _info(self) -> dict[str, Any]:
        unsettled = self._state.unsettled_series()
        return {
            "queue": self._pipeline.queue_length(),
            "series": self._state.count_by_state(),
            "unsent": len(unsettled),
            "oldest_unsent": unsettled[0].series if unsettled else None,
            "spool_bytes": self._state.spooled_bytes(),
            "devices": self._health.counters(),
            "pull": self._pulls(),
        }

    def _write_status(self, info: dict[str, Any]) -> None:
        document = {"written_at": time(), "version": __version__, "errors": self._health.troubles(), **info}
        part = self._layout.status.with_suffix(".part")
        try:
            part.write_text(json.dumps(document))
            part.replace(self._layout.status)
        except OSError as error:
            log_event("status not written", level=30, reason=str(error))

    def _beat(self, info: dict[str, Any]) -> None:
        document = {
            "type": "connector",
            "version": __version__,
            "interval": int(self._config.heartbeat_s),
            "errors": self._health.troubles(),
            "info": info,
        }
        try:
            self._api.heartbeat(document)
        except ConnectorError as error:
            log_event("heartbeat failed", level=30, reason=str(error))
