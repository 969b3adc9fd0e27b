"""What a running connector tells of itself: one id per series in the log, heartbeat with rates, held data, metrics."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from connector_kit import Connector, Door, make_instances, send

from treadle.testing.ports import free_port
from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
Make = Callable[..., Connector]


def events_of(connector: Connector) -> list[dict]:
    lines = [line for line in connector.log().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


def test_the_steps_of_a_series_are_one_line_each_under_one_id(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "in", 2), connector.port)
    wait_until(door.files, what="upload")
    send(make_instances(tmp_path / "more", 1, first=2), connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 2, what="second version")
    connector.stop()
    steps = [line for line in events_of(connector) if "id" in line]
    assert len({line["id"] for line in steps}) == 1
    once = ["complete", "packed", "uploaded", "placed"]
    assert [line["event"] for line in steps] == ["discovered", *once, "changed", *once]


def test_heartbeat_status_and_metrics_tell_counts_rates_and_what_is_held(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.faults(("announce", "422", 1), ("part", "500", 1))
    port = free_port()
    connector = make_connector(metrics=["127.0.0.1", port])
    send(make_instances(tmp_path / "in", 2, series=3), connector.port)
    wait_until(lambda: len(door.files()) == 2, what="the other two")

    def beat() -> dict:
        path = door.folder / "heartbeat.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def has_figures() -> bool:
        figures = beat().get("info", {}).get("figures", {})
        return figures.get("any", {}).get("24h", {}).get("series", {}).get("uploaded") == 2

    wait_until(has_figures, what="figures in the heartbeat")
    info, day = beat()["info"], beat()["info"]["figures"]["any"]["24h"]
    assert (day["success_first_try"], day["success_final"]) == (0.3333, 0.6667)
    assert beat()["interval"] > 1
    [held] = info["held"]
    assert held["retry"].endswith(held["id"])
    assert beat()["errors"][0].startswith("held: any: 1 series")
    assert info["routing"]["any"]["field"] == "PatientID"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    assert 'treadle_connector_series_total{device="any",outcome="held"} 1.0' in text
    assert 'treadle_connector_instances_total{device="any"} 6.0' in text
    connector.stop()
    connector.start()
    status = connector.spool / "status.json"
    wait_until(lambda: json.loads(status.read_text())["devices"] == {}, what="the new start")
    told = json.loads(status.read_text())
    assert told["figures"]["any"]["24h"]["series"]["uploaded"] == 2  # the week's figures outlive the process
    assert told["held"][0]["id"] == held["id"]
