"""Rates and hourly counts: kept over restarts, given back when they cannot be saved, forgotten after a week."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from treadle.connector.events import event_id
from treadle.connector.figures import figures
from treadle.connector.health import Health
from treadle.connector.history import HOUR_S, History
from treadle.connector.metrics import ConnectorCollector
from treadle.connector.spool.state import Series

NOW = 480_000 * HOUR_S + 100.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "figures.db"


def test_success_is_told_for_the_day_and_the_week_first_try_and_in_the_end(path: Path) -> None:
    history, health = History(path), Health()
    for series in range(8):
        health.uploaded("mr", series, waited_s=20)
    history.add(health.take_unsaved(), at=NOW - 30 * HOUR_S)  # more than a day ago
    health.failed("mr", 90)
    health.uploaded("mr", 90, waited_s=400)
    health.uploaded("mr", 91, waited_s=10)
    health.count("mr", "series_held")
    history.add(health.take_unsaved(), at=NOW)
    found = figures(history, at=NOW)["mr"]
    assert (found["24h"]["success_first_try"], found["24h"]["success_final"]) == (0.3333, 0.6667)
    assert (found["7d"]["success_first_try"], found["7d"]["success_final"]) == (0.8182, 0.9091)
    assert found["24h"]["seconds_to_visible"] == {"mean": 205.0, "half_within": 15, "most_within": 900}
    assert found["hours"]["series_uploaded"][-1] == 2
    assert found["hours"]["series_failed"][-1] == 1


def test_misrouted_files_are_a_share_by_reason(path: Path) -> None:
    history = History(path)
    history.add({"mr": {"files": 8, "misrouted_no_prefix": 2, "misrouted_group_not_found": 1}}, at=NOW)
    assert figures(history, at=NOW)["mr"]["24h"]["misrouted"] == {
        "group_not_found": 0.125,
        "no_prefix": 0.25,
    }


def test_counts_outlive_a_restart_and_end_after_a_week(path: Path) -> None:
    first = History(path)
    first.add({"mr": {"instances": 5}}, at=NOW - 8 * 24 * HOUR_S)
    first.add({"mr": {"instances": 7}}, at=NOW - 2 * HOUR_S)
    first.close()
    again = History(path)
    again.add({"mr": {"instances": 1}}, at=NOW)
    assert again.since(10_000, at=NOW)["mr"]["instances"] == 8


def test_an_unreadable_file_is_begun_anew(path: Path) -> None:
    path.write_bytes(b"no database" * 500)
    history = History(path)
    history.add({"mr": {"instances": 1}}, at=NOW)
    assert history.since(1, at=NOW)["mr"]["instances"] == 1


def test_a_file_that_cannot_be_opened_does_not_stop_the_connector(path: Path) -> None:
    path.mkdir()
    history = History(path)
    history.add({"mr": {"instances": 1}}, at=NOW)
    assert history.since(1, at=NOW)["mr"]["instances"] == 1


def test_counts_that_could_not_be_saved_are_taken_again() -> None:
    health = Health()
    health.count("mr", "instances", 3)
    taken = health.take_unsaved()
    health.count("mr", "instances", 1)
    health.give_back(taken)
    assert health.take_unsaved()["mr"]["instances"] == 4
    assert health.take_unsaved() == {}


def test_metrics_say_counters_outcomes_and_a_histogram_for_each_device(path: Path) -> None:
    health, history = Health(), History(path)
    health.count("mr", "instances", 12)
    health.count("mr", "misrouted_no_prefix")
    health.uploaded("mr", 1, waited_s=40)
    history.add(health.take_unsaved())
    facts = {
        "devices": health.counters(), "figures": figures(history), "queue": 2, "unsent": 1, "spool_bytes": 10,
        "free_bytes": 20, "series": {"held": 1}, "errors": ["disk"],
    }  # fmt: skip
    registry = CollectorRegistry()
    registry.register(ConnectorCollector(lambda: facts))
    text = generate_latest(registry).decode()
    for line in (
        'treadle_connector_instances_total{device="mr"} 12.0',
        'treadle_connector_series_total{device="mr",outcome="uploaded"} 1.0',
        'treadle_connector_misrouted_files_total{device="mr",reason="no_prefix"} 1.0',
        'treadle_connector_seconds_to_visible_bucket{device="mr",le="30.0"} 0.0',
        'treadle_connector_seconds_to_visible_bucket{device="mr",le="60.0"} 1.0',
        'treadle_connector_seconds_to_visible_sum{device="mr"} 40.0',
        'treadle_connector_upload_success_ratio{device="mr",kind="first_try",window="24h"} 1.0',
        "treadle_connector_held_series 1.0",
        "treadle_connector_queue_series 2.0",
    ):
        assert line in text.splitlines()


def test_the_id_of_a_series_does_not_depend_on_the_state_file() -> None:
    def series(number: int) -> Series:
        return Series(number, "mr", "1.2", "1.2.3", 1, 0, "receiving", None, None, None, False)

    assert event_id(series(1)) == event_id(series(2))
    assert len(event_id(series(1))) == 12
