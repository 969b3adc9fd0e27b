"""What is packed before it may be sent: one series more than are sent, and those whose quiet time is nearly over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Barrier, Event, Lock, Thread
from typing import Any, cast

import pytest

from treadle.connector.api import Api, Confirmed
from treadle.connector.bundle import Bundle
from treadle.connector.courtesy import Rush
from treadle.connector.delivery import Delivery
from treadle.connector.errors import ChangedError
from treadle.connector.head_start import HeadStarts
from treadle.connector.health import Health
from treadle.connector.pipeline import Pipeline
from treadle.connector.scratch import Scratch
from treadle.connector.series import Watcher
from treadle.connector.spool.state import State

SENDS, WORKERS, SERIES = 2, 3, 6
PATIENCE_S, INTRUSION_S = 30, 0.05


class Server:
    """Confirms when as many send as may, and looks whether one more comes."""

    def __init__(self) -> None:
        self.confirmed = Event()
        self.is_crowded = Event()
        self._full_house = Barrier(SENDS)
        self._lock = Lock()
        self._sending = self._answered = 0

    def announce(self, _: Mapping[str, Any]) -> Confirmed:
        with self._lock:
            self._sending += 1
            if self._sending > SENDS:
                self.is_crowded.set()
        self._full_house.wait(PATIENCE_S)
        self.is_crowded.wait(INTRUSION_S)
        with self._lock:
            self._sending -= 1
            self._answered += 1
            if self._answered == SERIES:
                self.confirmed.set()
        return Confirmed("file", 1)


class Packing:
    """Stands for the spool: each of the first series is in its worker's hands before one is sent."""

    def __init__(self) -> None:
        self._all_packed = Barrier(WORKERS)

    def deliver(
        self, series_id: int, *, api: Api, scratch: Scratch, send: Callable[[Api, Bundle], Confirmed]
    ) -> None:
        if series_id < WORKERS:
            self._all_packed.wait(PATIENCE_S)
        send(api, Bundle("digest", {}, scratch, 0, {}, {}))


def test_one_more_is_packed_than_is_sent(tmp_path: Path) -> None:
    server, state = Server(), State(tmp_path / "state.db")
    pipeline = Pipeline(
        cast(Delivery, Packing()),
        state,
        Health(),
        apis=[cast(Api, server)] * WORKERS,
        sends=SENDS,
        outbox=tmp_path,
        rush=Rush(),
        retry_first_s=1,
    )
    pipeline.start()
    for number in range(SERIES):
        pipeline.submit(number)
    assert server.confirmed.wait(PATIENCE_S), "two are sent at the same time, beside a third that is packed"
    assert not server.is_crowded.is_set()
    pipeline.stop(timeout_s=PATIENCE_S)
    state.close()


def test_a_series_is_packed_before_its_quiet_time_is_over_once() -> None:
    watcher = Watcher(limits_of=lambda _: (60, 100))
    watcher.note(1, at=0)
    assert watcher.nearly_complete(as_of=57.9) == []
    assert watcher.nearly_complete(as_of=58) == [1]
    watcher.note(1, at=59)
    assert watcher.nearly_complete(as_of=118) == []
    assert watcher.complete(as_of=119) == [1]
    watcher.note(1, at=120)
    assert watcher.nearly_complete(as_of=178) == [1]


def test_what_has_a_head_start_waits_until_its_series_is_complete() -> None:
    starts = HeadStarts()
    starts.wait(1)  # has none
    starts.give(1)
    waiting = Waiting(starts, 1)
    starts.spoil(2)
    assert waiting.is_waiting()
    starts.end(1)
    assert waiting.outcome() == "complete"


@pytest.mark.parametrize("interrupt", [lambda starts: starts.spoil(1), lambda starts: starts.close()])
def test_what_has_a_head_start_is_given_up(interrupt: Callable[[HeadStarts], None]) -> None:
    starts = HeadStarts()
    starts.give(1)
    waiting = Waiting(starts, 1)
    assert waiting.is_waiting()
    interrupt(starts)
    assert waiting.outcome() == "changed"


class Waiting:
    """A worker that waits for a series."""

    def __init__(self, starts: HeadStarts, series_id: int) -> None:
        self._starts, self._series_id, self._outcome = starts, series_id, ""
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._starts.wait(self._series_id)
        except ChangedError:
            self._outcome = "changed"
        else:
            self._outcome = "complete"

    def is_waiting(self) -> bool:
        self._thread.join(INTRUSION_S)
        return self._thread.is_alive()

    def outcome(self) -> str:
        self._thread.join(PATIENCE_S)
        return self._outcome
