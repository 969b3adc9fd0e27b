"""The loop of one device: polls, retrieves one series at a time, looks again; within its working hours."""

from __future__ import annotations

import shutil
import sqlite3
from collections import deque
from threading import Thread
from typing import Any

from treadle.connector.courtesy import step_back
from treadle.connector.health import log, log_event
from treadle.connector.pull.desk import Desk
from treadle.connector.pull.errors import PullError
from treadle.connector.pull.poll import poll
from treadle.connector.pull.recheck import Rechecker
from treadle.connector.pull.state import Row
from treadle.connector.pull.take import take
from treadle.dicom.times import zone

_OUTSIDE_HOURS_S = 300.0
_LOOK_EVERY_S = 1.0  # for what an operator made due
_AFTER_TROUBLE_S = 2.0
_SHOWN = 20


class Loop:
    """Pulls from one device in a thread of its own; `turn` does the next thing that is to be done."""

    def __init__(self, desk: Desk, *, is_once: bool = False) -> None:
        """`is_once`: the thread ends when what the source holds has been judged, and retrieved where it rests."""
        self._desk = desk
        self._is_once = is_once
        self._polls = 0
        self._rechecker = Rechecker(desk)
        self._rechecks: deque[Row] = deque()
        self._next_poll = desk.clock.monotonic()
        self._polled_at: float | None = None
        self._retry_at: dict[int, float] = {}
        self._thread = Thread(target=self._run, name=f"pull-{desk.device.id}", daemon=True)

    def start(self) -> None:
        """Start pulling; what a killed process had begun is begun anew."""
        self._desk.pulled.resume(self._desk.device.id)
        self._thread.start()

    def stop(self, *, timeout_s: float) -> None:
        """Stop; a transfer under way is broken off and done again after the next start."""
        self._desk.stop.set()
        self._desk.scu.break_off()
        self._thread.join(timeout_s)
        for key in (self._key("pull"), self._key("abandoned")):
            self._desk.health.trouble(key, None)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked for."""
        return not self._thread.is_alive()

    def has_left(self) -> bool:
        """Whether something went wrong, or complete series are still at the source."""
        desk = self._desk
        phases = desk.pulled.count_by_phase(desk.device.id)
        return desk.health.is_troubled(self._key("pull")) or any(
            map(phases.get, ("due", "failed", "abandoned"))
        )

    def info(self) -> dict[str, Any]:
        """Figures for the heartbeat."""
        desk = self._desk
        polled_at = self._polled_at
        abandoned = desk.pulled.in_phase(desk.device.id, "abandoned")
        return {
            "series": desk.pulled.count_by_phase(desk.device.id),
            "seconds_since_poll": None if polled_at is None else round(desk.clock.monotonic() - polled_at),
            "abandoned": [row.series for row in abandoned[:_SHOWN]],
        }

    def turn(self) -> float:
        """Do one thing; seconds to wait before the next turn."""
        desk = self._desk
        if not self._is_working_time():
            return _OUTSIDE_HOURS_S
        now = desk.clock.monotonic()
        if now >= self._next_poll:
            self._poll(now)
            return 0.0
        if (row := self._next_row(now)) is not None and self._has_room():
            wait_s = take(desk, row)
            self._retry_at.pop(row.id, None)
            if wait_s is not None:
                self._retry_at[row.id] = desk.clock.monotonic() + wait_s
            self._show_abandoned()
            return 0.0
        if self._rechecks and self._has_room():
            self._rechecker.recheck(self._rechecks.popleft())
            return 0.0
        return min(self._next_poll - now, _LOOK_EVERY_S)

    def _run(self) -> None:
        step_back()
        while not self._desk.stop.is_set():
            try:
                wait_s = self.turn()
            except (OSError, sqlite3.Error) as error:  # a full disk, most likely
                self._trouble(f"spool trouble: {error}")
                log.exception("pull trouble")
                wait_s = _AFTER_TROUBLE_S
                self._resume()
            except Exception as error:  # noqa: BLE001 - the loop's border: record, go on
                self._trouble(f"{type(error).__name__}")
                log.exception("pull trouble")
                wait_s = self._desk.device.pull.poll_interval_s
            if self._is_once and wait_s and self._is_round_over():
                return
            self._desk.stop.wait(wait_s)

    def _is_round_over(self) -> bool:
        """Whether all was asked for that a round asks for: so many polls as judge a series that is seen first."""
        desk = self._desk
        if not self._is_working_time() or self._polls > desk.device.pull.stable_polls:
            return True
        waiting = desk.pulled.in_phase(desk.device.id, "waiting")
        return not any(row.known.count and not row.absent_s for row in waiting)

    def _resume(self) -> None:
        try:
            self._desk.pulled.resume(self._desk.device.id)
        except sqlite3.Error:
            log.exception("pull trouble")

    def _poll(self, now: float) -> None:
        desk = self._desk
        pull = desk.device.pull
        self._next_poll = now + pull.poll_interval_s
        self._polls += 1
        # Time without news (nights, failures) does not make a series vanish.
        elapsed = 0.0 if self._polled_at is None else min(now - self._polled_at, 2 * pull.poll_interval_s)
        try:
            poll(desk, elapsed_s=elapsed)
        except PullError as error:
            desk.count("polls_failed")
            self._trouble(str(error))
            log_event("poll failed", level=30, device=desk.device.id, reason=str(error))
            return
        desk.count("polls")
        desk.health.trouble(self._key("pull"), None)
        self._polled_at = now
        self._rechecks = deque(self._rechecker.due())
        self._show_abandoned()

    def _next_row(self, now: float) -> Row | None:
        pulled, device = self._desk.pulled, self._desk.device.id
        due = pulled.first_due(device)
        if due is not None:
            return due
        return next(
            (
                row
                for row in pulled.in_phase(device, "failed")
                if not row.absent_s and self._retry_at.get(row.id, now) <= now
            ),
            None,
        )

    def _is_working_time(self) -> bool:
        hours = self._desk.device.pull.working_hours
        here = zone(self._desk.device.mapping.timezone)
        return hours is None or hours.contains(self._desk.clock.now().astimezone(here).time())

    def _has_room(self) -> bool:
        return shutil.disk_usage(self._desk.layout.root).free >= self._desk.min_free

    def _show_abandoned(self) -> None:
        device = self._desk.device.id
        number = self._desk.pulled.count_by_phase(device).get("abandoned", 0)
        message = (
            f"{device}: {number} series abandoned after repeated failures; see the log, then retry them"
            if number
            else None
        )
        self._desk.health.trouble(self._key("abandoned"), message)

    def _trouble(self, message: str) -> None:
        self._desk.health.trouble(self._key("pull"), f"{self._desk.device.id}: {message}")

    def _key(self, what: str) -> str:
        return f"{what} {self._desk.device.id}"
