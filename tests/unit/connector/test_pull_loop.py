"""The loop of one device over simulated hours: back-off, working hours, vanished series, looking again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.devices import Devices
from treadle.connector.health import Health
from treadle.connector.hours import parse_hours
from treadle.connector.pull import poll, recheck
from treadle.connector.pull.desk import Clock, Desk
from treadle.connector.pull.errors import NoAnswerError, RefusedError
from treadle.connector.pull.holds import Holds
from treadle.connector.pull.loop import Loop
from treadle.connector.pull.query import Answer, Survey
from treadle.connector.pull.retrieve import Wanted
from treadle.connector.pull.state import PullState
from treadle.connector.pull_config import PullConfig
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Instance, State

HOUR = 3600.0
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@dataclass
class Source:
    """A source in memory, and the clock by which it and the loop live."""

    series: dict[str, tuple[int, str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    answers: bool = True
    gives: bool = True
    at: float = 0.0
    polls: list[float] = field(default_factory=list)
    asked_since: date | None = None
    retrievals: list[tuple[float, Wanted]] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.at, now=lambda: NOON + timedelta(seconds=self.at))

    @contextmanager
    def opened(self, *_: object) -> Iterator[Source]:
        yield self

    def survey(self, *, since: date) -> Survey:
        self.polls.append(self.at)
        self.asked_since = since
        if not self.answers:
            raise NoAnswerError("nobody there")
        found = [Answer("1.2", name, count, _header(text)) for name, (count, text) in self.series.items()]
        return Survey(found, frozenset(self.silent))

    def instances(self, **_: str) -> list[Dataset]:
        ds = Dataset()
        ds.SOPInstanceUID = "1.2.3.4"
        return [ds]

    def retrieve(self, wanted: Wanted) -> int:
        self.retrievals.append((self.at, wanted))
        if not self.gives:
            raise RefusedError("not today")
        return wanted.count


def _header(patient_id: str) -> Dataset:
    ds = Dataset()
    ds.PatientID = patient_id
    return ds


@dataclass
class Site:
    """A loop and all it works on."""

    source: Source
    loop: Loop
    pulled: PullState
    health: Health
    released: list[int]
    device: DeviceConfig

    def run(self, hours: float, *, step_s: float = 60.0) -> None:
        end = self.source.at + hours * HOUR
        while self.source.at < end:
            while self.loop.turn() == 0.0:
                pass
            self.source.at += step_s

    def phases(self) -> dict[str, str]:
        return {row.series: row.known.phase for row in self.pulled.all("d")}


@pytest.fixture
def make_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(*, source: Source | None = None, min_free: int = 0, **pull: Any) -> Site:
        source = source or Source({"1.2.3": (5, "fw://g/p")})
        device = DeviceConfig(
            id="d", mode="pull", ae_title="SRC", host="h", pull=PullConfig(poll_interval_s=600, **pull)
        )
        layout = Layout(tmp_path / "spool")
        layout.make()
        pulled, health, released = PullState(State(layout.database)), Health(), []
        monkeypatch.setattr(poll, "open_query", source.opened)
        monkeypatch.setattr(recheck, "open_query", source.opened)
        desk = Desk(
            device=device, scu=None, retriever=source, pulled=pulled, layout=layout, health=health,
            submit=released.append, watch=released.append, min_free=min_free, clock=source.clock(),
        )  # type: ignore[arg-type]  # fmt: skip
        return Site(source, Loop(desk), pulled, health, released, device)

    return make


def test_a_series_at_rest_is_retrieved_once(make_site: Any) -> None:
    site = make_site()
    site.run(10)
    assert [(at, wanted.count) for at, wanted in site.source.retrievals] == [(600, 5)]
    assert site.phases() == {"1.2.3": "retrieved"}
    assert site.source.asked_since == date(2025, 12, 30)


def test_failures_back_off_to_an_hour_and_end_after_ten(make_site: Any) -> None:
    site = make_site(source=Source({"1.2.3": (5, "x")}, gives=False))
    site.run(48)
    times = [at for at, _ in site.source.retrievals]
    waits = [round(later - earlier) for earlier, later in pairwise(times)]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert site.phases() == {"1.2.3": "abandoned"}
    assert site.loop.info()["abandoned"] == ["1.2.3"]
    assert any("abandoned" in trouble for trouble in site.health.troubles())


def test_a_retry_by_hand_and_a_change_at_the_source_begin_anew(make_site: Any) -> None:
    site = make_site(source=Source({"1.2.3": (5, "x")}, gives=False), max_failures=1)
    site.run(2)
    assert site.pulled.retry("1.2.3") == 1
    site.run(0.1)
    assert len(site.source.retrievals) == 2
    site.source.series["1.2.3"], site.source.gives = (6, "x"), True
    site.run(1)
    assert [wanted.count for _, wanted in site.source.retrievals] == [5, 5, 6]
    assert site.phases() == {"1.2.3": "retrieved"}
    assert not any("abandoned" in trouble for trouble in site.health.troubles())


def test_outside_its_hours_a_source_is_left_alone(make_site: Any) -> None:
    site = make_site(working_hours=parse_hours("20:00-06:00"))
    assert site.loop.turn() == 300
    site.run(24)
    clock_hours = {(NOON + timedelta(seconds=at)).hour for at in site.source.polls}
    assert clock_hours == {20, 21, 22, 23, 0, 1, 2, 3, 4, 5}


def test_a_vanished_series_is_forgotten_after_its_grace(make_site: Any) -> None:
    site = make_site(grace_s=24 * HOUR)
    site.run(1)
    del site.source.series["1.2.3"]
    site.run(23)
    assert site.phases() == {"1.2.3": "retrieved"}
    site.run(2)
    assert site.phases() == {}


def test_silence_is_no_news(make_site: Any) -> None:
    """A source that cannot be asked, for itself or for one study, makes nothing vanish."""
    site = make_site(grace_s=HOUR)
    site.run(1)
    site.source.answers = False
    site.run(30)
    assert any("nobody there" in trouble for trouble in site.health.troubles())
    site.source.answers = True
    site.source.series, site.source.silent = {}, {"1.2"}
    site.run(30)
    assert site.phases() == {"1.2.3": "retrieved"}
    assert site.health.troubles() == []


def test_what_vanished_is_not_asked_for_again_and_its_part_is_delivered(make_site: Any) -> None:
    site = make_site(source=Source({"1.2.3": (5, "x")}, gives=False), grace_s=2 * HOUR)
    series_id = site.pulled.spool.add_series(device="d", study="1.2", series="1.2.3")
    site.run(0.25)
    del site.source.series["1.2.3"]
    site.run(0.25)
    tries = len(site.source.retrievals)
    site.run(4)
    assert len(site.source.retrievals) == tries
    assert site.released == [series_id]


def test_without_room_nothing_is_retrieved_but_polls_go_on(make_site: Any) -> None:
    site = make_site(min_free=1 << 62)
    site.run(3)
    assert site.source.retrievals == []
    assert len(site.source.polls) == 18
    assert site.phases() == {"1.2.3": "due"}


def test_the_first_start_may_ignore_what_is_there_also_when_the_state_is_lost_later(
    make_site: Any, tmp_path: Path
) -> None:
    site = make_site(initial="ignore")
    site.run(1)
    assert site.phases() == {"1.2.3": "ignored"}
    site.pulled.spool.close()
    for path in (tmp_path / "spool").glob("state.db*"):
        path.unlink()
    again = make_site(source=Source({"1.2.4": (3, "x")}), initial="ignore")
    again.run(1)
    assert again.phases() == {"1.2.4": "retrieved"}


def test_a_killed_retrieval_is_begun_anew_and_its_part_is_held_meanwhile(make_site: Any) -> None:
    site = make_site()
    site.run(0.1)
    row = site.pulled.all("d")[0]
    site.pulled.set_phase(row, "retrieving")
    series_id = site.pulled.spool.add_series(device="d", study="1.2", series="1.2.3")
    series = site.pulled.spool.series(series_id)
    pull_only, both = (
        Holds(
            site.pulled.spool,
            Devices(
                ConnectorConfig(
                    spool=Path(),
                    server_url="http://s",
                    api_key="k",
                    devices=(replace(site.device, mode=mode),),
                )
            ),
        )
        for mode in ("pull", "both")
    )
    assert pull_only.is_held(series) and both.is_held(series)
    site.pulled.resume("d")
    assert pull_only.is_held(series) and not both.is_held(series)
    site.run(1)
    assert site.phases() == {"1.2.3": "retrieved"}
    assert site.released == [series_id]
    assert not pull_only.is_held(series)


def test_a_device_that_sends_by_itself_is_asked_only_for_what_is_missing(make_site: Any) -> None:
    site = make_site(source=Source({"1.2.3": (2, "x"), "1.2.4": (3, "x")}))
    desk = site.loop._desk
    site.loop._desk = replace(desk, device=replace(desk.device, mode="both"))
    for name in site.source.series:
        series_id = site.pulled.spool.add_series(device="d", study="1.2", series=name)
        for sop in ("1", "2"):
            site.pulled.spool.put_instance(series_id, Instance(sop, "", 1, 1, "{}"))
    site.run(1)
    assert [wanted.series for _, wanted in site.source.retrievals] == ["1.2.4"]
    site.source.series["1.2.3"] = (2, "corrected")
    site.run(1)
    assert [wanted.series for _, wanted in site.source.retrievals] == ["1.2.4", "1.2.3"]


def test_parked_series_of_a_source_that_shows_no_keys_are_looked_at_for_a_day(make_site: Any) -> None:
    site = make_site(
        source=Source({"1.2.3": (5, "")}), recheck=True, recheck_interval_s=HOUR, recheck_for_s=24 * HOUR
    )
    site.run(48)
    rechecks = [wanted for _, wanted in site.source.retrievals if wanted.instance]
    assert len(rechecks) == 24
    assert {wanted.instance for wanted in rechecks} == {"1.2.3.4"}
    assert site.phases() == {"1.2.3": "retrieved"}


def test_delivered_series_and_those_with_keys_are_not_looked_at_again(make_site: Any) -> None:
    site = make_site(source=Source({"1.2.3": (5, ""), "1.2.4": (5, "fw://g/p")}), recheck=True)
    series_id = site.pulled.spool.add_series(device="d", study="1.2", series="1.2.3")
    site.pulled.spool.touch_series(series_id)
    site.pulled.spool.settle_series(series_id, generation=1, state="uploaded")
    site.run(10)
    assert [wanted for _, wanted in site.source.retrievals if wanted.instance] == []
