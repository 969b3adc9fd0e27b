"""Images asked for: from Orthanc (returns counts) and DCMTK's dcmqrscp (does not) through a connector."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from connector_kit import Connector, Door, make_instances
from pull_peers import Dcmqrscp, Orthanc

from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.pull import by_hand
from treadle.connector.pull.errors import PullError
from treadle.connector.pull.query import open_query
from treadle.connector.pull.scu import Address, Scu
from treadle.testing.ports import free_port
from treadle.testing.waiting import wait_until

pytestmark = pytest.mark.peer
Peer = Orthanc | Dcmqrscp
Make = Callable[..., Connector]
STUDY = "1.2.826.0.1.3680043.10.99"


@pytest.fixture
def dcmqrscp(program: Callable[[str], str], mover: int, tmp_path: Path) -> Iterator[Dcmqrscp]:
    """An empty dcmqrscp."""
    program("storescu")
    source = Dcmqrscp(program("dcmqrscp"), tmp_path / "qr", mover)
    source.start()
    yield source
    source.kill()


@pytest.fixture
def make_pulling(make_connector: Make, mover: int) -> Make:
    """Starts connectors that pull from the peers given; `pull` and `device` are options of all of them."""

    def make(
        *peers: Peer, pull: dict | None = None, device: dict | None = None, **options: object
    ) -> Connector:
        devices = [
            {
                "id": peer.ae_title.lower(), "mode": "pull", "ae_title": peer.ae_title, "host": "127.0.0.1",
                "port": peer.port, "series_quiet_s": 1,
                "pull": {"poll_interval_s": 1, "lookback_days": 10_000, "retry_first_s": 1, **(pull or {})},
                **(device or {}),
            }
            for peer in peers
        ]  # fmt: skip
        return make_connector(port=mover, devices=devices, **options)

    return make


def events(connector: Connector, *names: str) -> list[dict]:
    """Lines of the log with one of these names."""
    lines = [json.loads(line) for line in connector.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] in names]


def versions(door: Door) -> list[int]:
    return [len(file["versions"]) for file in door.files()]


@pytest.mark.parametrize("retrieve", ["move", "get"])
@pytest.mark.parametrize("query_mode", ["hierarchical", "relational"])
@pytest.mark.parametrize("name", ["orthanc", "dcmqrscp"])
def test_series_are_found_retrieved_and_delivered(
    name: str, query_mode: str, retrieve: str, request: pytest.FixtureRequest, make_pulling: Make, door: Door,
    tmp_path: Path,
) -> None:  # fmt: skip
    peer = request.getfixturevalue(name)
    files = make_instances(tmp_path / "in", 4, series=2)
    peer.store(files)
    connector = make_pulling(peer, pull={"query_mode": query_mode, "retrieve": retrieve})
    wait_until(lambda: len(door.sops()) == 8, what="both series")
    assert door.sops() == sorted(path.stem for path in files)
    wait_until(lambda: len(events(connector, "uploaded")) == 2, what="the log")
    story = [event["event"] for event in events(connector, "discovered", "complete", "retrieved", "uploaded")
             if event["series"] == f"{STUDY}.1"]  # fmt: skip
    assert story == ["discovered", "complete", "retrieved", "uploaded"]
    wait_until(lambda: _info(door).get("pull", {}).get(name_of(peer), {}).get("series") == {"retrieved": 2})
    assert _info(door)["devices"][name_of(peer)]["series_complete"] == 2


def name_of(peer: Peer) -> str:
    return peer.ae_title.lower()


def _info(door: Door) -> dict:
    path = door.folder / "heartbeat.json"
    return json.loads(path.read_text())["info"] if path.exists() else {}


def test_a_growing_series_becomes_one_version_with_all_members(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    connector = make_pulling(orthanc)
    orthanc.store(make_instances(tmp_path / "a", 3))
    wait_until(lambda: len(door.sops()) == 3, what="first part")
    orthanc.store(make_instances(tmp_path / "b", 2, first=3))
    wait_until(lambda: len(door.sops()) == 5, what="second part")
    assert versions(door) == [2]
    assert len(events(connector, "changed")) >= 1


def test_two_devices_are_pulled_at_once(
    orthanc: Orthanc, dcmqrscp: Dcmqrscp, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "a", 20, root="1.2.826.0.1.3680043.10.100"))
    dcmqrscp.store(make_instances(tmp_path / "b", 20, root="1.2.826.0.1.3680043.10.101"))
    make_pulling(orthanc, dcmqrscp)
    wait_until(lambda: len(door.sops()) == 40, what="both series")
    assert {file["versions"][0]["asked"]["device"] for file in door.files()} == {"orthanc", "qrscp"}


def test_what_was_there_at_the_first_start_may_be_ignored(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "a", 2))
    connector = make_pulling(orthanc, pull={"initial": "ignore"})
    wait_until(lambda: events(connector, "ignored"), what="first poll")
    orthanc.store(make_instances(tmp_path / "b", 2, root="1.2.826.0.1.3680043.10.102"))
    wait_until(lambda: len(door.sops()) == 2, what="the new series")
    assert [file["key"]["study"] for file in door.files()] == ["1.2.826.0.1.3680043.10.102"]


def test_a_source_that_dies_while_it_sends_is_asked_again(
    program: Callable[[str], str], mover: int, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    source = Orthanc(program("Orthanc"), tmp_path / "orthanc", mover)
    source.start()
    try:
        source.store(make_instances(tmp_path / "in", 300, pixels=256))
        connector = make_pulling(source)
        wait_until(lambda: any((connector.spool / "incoming").rglob("*.dcm")), what="first instances")
        source.kill()
        wait_until(lambda: events(connector, "failed"), what="the failure")
        assert door.files() == []
        source.start()
        wait_until(lambda: len(door.sops()) == 300, what="the whole series")
        assert versions(door) == [1]
    finally:
        source.kill()


def test_a_connector_killed_while_it_retrieves_goes_on(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    """At no time is a part of a series taken for the whole."""
    orthanc.store(make_instances(tmp_path / "in", 300, pixels=256))
    connector = make_pulling(orthanc)
    for _ in range(3):
        known = sum(1 for _ in connector.spool.rglob("*.dcm"))
        wait_until(lambda: sum(1 for _ in connector.spool.rglob("*.dcm")) > min(known, 290), what="more")  # noqa: B023
        connector.kill()
        assert len(door.sops()) in (0, 300)
        connector.start()
    wait_until(lambda: len(door.sops()) == 300, what="the whole series")
    assert versions(door) == [1]


def test_a_series_whose_transfer_always_fails_is_abandoned_and_may_be_retried(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "in", 2))
    connector = make_pulling(orthanc, pull={"max_failures": 2, "retry_first_s": 0.1}, ae_title="SOMEBODY")
    wait_until(lambda: events(connector, "abandoned"), what="abandonment")
    said = events(connector, "failed")[0]["reason"]
    assert "SOMEBODY" in said
    wait_until(lambda: "abandoned" in json.dumps(_status(connector)["errors"]), what="a visible error")
    assert _status(connector)["pull"]["orthanc"]["abandoned"] == [f"{STUDY}.1"]


def test_an_operator_asks_and_fetches_by_hand(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "in", 2))
    connector = make_pulling(orthanc, pull={"lookback_days": 1})
    source = DeviceConfig(id="orthanc", mode="pull", ae_title="ORTHANC", host="127.0.0.1", port=orthanc.port)
    nobody = replace(source, id="nobody", ae_title="NOBODY", port=free_port())
    config = ConnectorConfig(
        spool=connector.spool, server_url=door.url, api_key="key", devices=(source, nobody)
    )
    assert by_hand.echo(config, "orthanc") < 5
    assert by_hand.find(config, "orthanc") == []
    (found,) = by_hand.find(config, "orthanc", since=date(2026, 1, 1))
    assert (found.instances, found.routing, found.is_wanted) == (2, "ok", True)
    assert by_hand.fetch(config, "orthanc", STUDY) == [found]
    wait_until(lambda: len(door.sops()) == 2, what="what was fetched")
    for ask in (by_hand.echo, by_hand.find):
        with pytest.raises(PullError, match="does not answer; check host, port and firewall"):
            ask(config, "nobody")
    with pytest.raises(PullError, match="holds no images of the study"):
        by_hand.fetch(config, "orthanc", "1.2.3")
    with pytest.raises(PullError, match="there is: orthanc, nobody"):
        by_hand.echo(config, "prisma")


def _status(connector: Connector) -> dict:
    path = connector.spool / "status.json"
    return json.loads(path.read_text()) if path.exists() else {"errors": []}


def test_no_answer_is_lost_among_many_questions(orthanc: Orthanc, mover: int, tmp_path: Path) -> None:
    """A source that answers is believed: its answers reach who asked, however threads take their turns."""
    orthanc.store(make_instances(tmp_path / "in", 1))
    device = DeviceConfig(id="o", mode="pull", ae_title="ORTHANC", host="127.0.0.1", port=orthanc.port)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with open_query(Scu(Address.of(device, calling="TREADLE")), device) as query:
            counts = [sum(answer.count for answer in query.survey(study=STUDY).answers) for _ in range(300)]
    finally:
        sys.setswitchinterval(usual)
    assert counts == [1] * 300


def test_an_opted_out_series_is_not_even_retrieved_and_comes_after_its_correction(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "in", 3))
    opt = {"mode": "in", "field": "PatientID", "string": "study02", "match": "contains"}
    connector = make_pulling(orthanc, device={"opt": opt})
    wait_until(lambda: events(connector, "skipped"), what="the decision")
    assert not any(connector.spool.rglob("*.dcm"))
    orthanc.edit_patients(PatientID="fw://psych/study02")
    wait_until(lambda: len(door.sops()) == 3, what="the corrected series")
    assert door.files()[0]["versions"][0]["asked"]["routing"]["project"] == "study02"


def test_a_changed_routing_string_after_the_upload_becomes_a_new_version(
    orthanc: Orthanc, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "in", 3))
    make_pulling(orthanc)
    wait_until(lambda: len(door.sops()) == 3, what="the series")
    orthanc.edit_patients(PatientID="fw://psych/study02")
    wait_until(lambda: versions(door) == [2], what="the corrected series")
    assert door.files()[0]["versions"][1]["asked"]["routing"]["project"] == "study02"


def test_a_header_the_query_does_not_show_is_looked_at_again(
    dcmqrscp: Dcmqrscp, make_pulling: Make, door: Door, tmp_path: Path
) -> None:
    """dcmqrscp knows no ImageComments: only the images tell that somebody opted in later."""
    opt = {"mode": "in", "field": "ImageComments", "string": "flywheel"}
    dcmqrscp.store(make_instances(tmp_path / "in", 3))
    connector = make_pulling(
        dcmqrscp, pull={"recheck": True, "recheck_interval_s": 2, "recheck_for_s": 600}, device={"opt": opt}
    )
    wait_until(lambda: _info(door).get("devices", {}).get("qrscp", {}).get("series_skipped"), what="skip")
    dcmqrscp.store(make_instances(tmp_path / "again", 3, text="Flywheel please"))
    wait_until(lambda: len(door.sops()) == 3, what="the series opted in later")
    # On a busy machine the images may come slowly enough to be a change of their own.
    changes = events(connector, "changed")
    assert [event["reason"] for event in changes if "reason" in event] == ["header"]
