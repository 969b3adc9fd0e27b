"""One series more is packed than may be sent at the same time, and never more are sent than allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Barrier, Event, Lock
from typing import Any, cast

from treadle.connector.api import Api, Confirmed
from treadle.connector.bundle import Bundle
from treadle.connector.courtesy import Rush
from treadle.connector.delivery import Delivery
from treadle.connector.health import Health
from treadle.connector.pipeline import Pipeline
from treadle.connector.scratch import Scratch
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
