"""The loop that sorts what arrives and submits what is complete (flow step 2)."""

import sqlite3
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from treadle.connector.arrivals import Arrivals
from treadle.connector.config import ConnectorConfig
from treadle.connector.courtesy import Rush, SessionPriority, step_back
from treadle.connector.devices import Devices
from treadle.connector.events import series_event
from treadle.connector.health import Health, log
from treadle.connector.retention import Retention
from treadle.connector.series import Watcher
from treadle.connector.spool.index import Indexer
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Series, State

_LOOK_EVERY_S = 0.1
_CALM_S = 1.0  # so long after the last image the uploads need no longer step back
_SWEEP_EVERY_S = 30.0
_AFTER_TROUBLE_S = 2.0


class Collector:
    """Watches the spool in its own thread."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        config: ConnectorConfig,
        health: Health,
        *,
        devices: Devices,
        submit: Callable[[int], None],
        arrivals: Arrivals,
        rush: Rush,
        is_held: Callable[[Series], bool],
        waits: bool = True,
    ) -> None:
        """`submit` takes complete series; unless it `waits`, a series is complete as it is found.

        `is_held` tells of series that become complete by their retrieval, not by quiet time.
        """
        self._state = state
        self._devices = devices
        self._waits = waits
        self._outside = 0
        self.is_idle = False
        self._health = health
        self._submit = submit
        self._is_held = is_held
        self._rush = rush
        self._now = monotonic()
        self._found_at = 0.0
        self._priority = SessionPriority()
        self._limits: dict[int, tuple[float, float]] = {}
        self._watcher = Watcher(limits_of=self._limits.__getitem__)
        self._indexer = Indexer(
            layout,
            state,
            on_change=self._changed,
            on_arrival=lambda device, facts: arrivals.note(
                device=device, study=facts.study_uid, series=facts.series_uid, sop=facts.sop_uid
            ),
            on_quarantine=self._quarantined,
        )
        self._retention = Retention(layout, state, config)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="collector", daemon=True)

    def start(self) -> None:
        """Bring the state in step with the files, then watch."""
        self._indexer.recover_parts()
        self._indexer.rebuild()
        self._thread.start()

    def release(self, series_id: int) -> None:
        """Deliver a series that was held: it is complete without a quiet time."""
        self._watcher.drop(series_id)
        self._limits.pop(series_id, None)
        self._submit(series_id)

    def watch(self, series_id: int) -> None:
        """Let the quiet time of a series that was held begin now."""
        self._limits.setdefault(series_id, self._limits_of(self._state.series(series_id)))
        self._watcher.note(series_id, at=monotonic())

    def stop(self, *, timeout_s: float) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        step_back()
        is_due, swept_at = False, 0.0
        while not self._stop.is_set():
            try:
                if is_due:
                    self._indexer.rebuild()
                    is_due = False
                if monotonic() - swept_at > _SWEEP_EVERY_S:
                    self._retention.sweep()
                    swept_at = monotonic()
                found = self._look()
            except (OSError, sqlite3.OperationalError) as error:
                # A full disk, most likely: the files stay, the state is brought in step afterwards.
                self._health.trouble("spool", f"spool trouble: {error}")
                log.exception("spool trouble")
                is_due = True
                self._stop.wait(_AFTER_TROUBLE_S)
            else:
                self._health.trouble("spool", None)
                self._stop.wait(0 if found else _LOOK_EVERY_S)

    def _look(self) -> int:
        # Everything that arrived by now is sorted before any series is judged as of now.
        self._now = monotonic()
        found = self._indexer.index_arrived()
        now = monotonic()
        if found:
            self._found_at = now
        self._rush.note(found, at=now)
        self._priority.lower(low=now - self._found_at < _CALM_S)
        for series_id in self._watcher.complete(as_of=self._now):
            self._limits.pop(series_id, None)
            self._submit_unless_held(series_id, is_new=True)
        if self._outside != (outside := self._state.changes_outside()):
            self._outside = outside
            for series_id in self._state.take_retries():
                self._submit_unless_held(series_id, is_new=False)
        self.is_idle = not found and self._watcher.is_idle()
        return found

    def _submit_unless_held(self, series_id: int, *, is_new: bool) -> None:
        series = self._state.series(series_id)
        if series is None or self._is_held(series):
            return
        if is_new:
            self._health.count(series.device, "series_complete")
            series_event("complete", series)
        self._submit(series_id)

    def _changed(self, series_id: int) -> None:
        if series_id not in self._limits:
            self._begin(series_id)
        self._watcher.note(series_id, at=self._now)

    def _begin(self, series_id: int) -> None:
        """Something came into a series that was not being watched."""
        series = self._state.series(series_id)
        self._limits[series_id] = self._limits_of(series)
        if series is None or self._is_held(series):  # who holds it back has told about it
            return
        if series.settled:
            series_event("changed", series)
        else:
            self._health.count(series.device, "series_seen")
            series_event("discovered", series)

    def _limits_of(self, series: Series | None) -> tuple[float, float]:
        device = self._devices.get(series.device if series else "")
        return (device.series_quiet_s, device.series_max_wait_s) if self._waits else (0.0, 0.0)

    def _quarantined(self, device: str) -> None:
        self._health.count(device, "quarantined")
        self._health.trouble(
            f"quarantine {device}", f"{device}: instances without usable UIDs are in quarantine"
        )
