"""What people type beside a connector: import, run --once, status, retry, forget."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from connector_kit import Door, make_instances, send
from edge_kit import Edge

from treadle.testing.waiting import wait_until

ROOT = "1.2.826.0.1.3680043.10.79"
DEVICES = {"devices": [{"id": "mr", "ae_title": "MR"}, {"id": "optin", "opt": {"mode": "in", "string": "x"}}]}


@pytest.fixture
def edge(tmp_path: Path, door: Door) -> Iterator[Edge]:
    edge = Edge(tmp_path, door, dict(DEVICES))
    yield edge
    edge.kill()


def mixed_folder(folder: Path) -> Path:
    """Two series, one of them in a zip, and what is no DICOM."""
    (first, second) = (make_instances(folder / name, 2, root=f"{ROOT}.{name}") for name in ("1", "2"))
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        for path in second:
            archive.write(path, path.name)
            path.unlink()
    (folder / "notes.txt").write_text("no images")
    assert len(first) == 2
    return folder


def test_a_folder_is_imported_without_a_running_connector(edge: Edge, door: Door, tmp_path: Path) -> None:
    rows = edge.lines("import", str(mixed_folder(tmp_path / "in")), "--device", "mr")
    assert [row["state"] for row in rows] == ["uploaded", "uploaded"]
    assert len(door.sops()) == 4
    assert {file["versions"][0]["asked"]["device"] for file in door.files()} == {"mr"}
    again = edge.lines("import", str(tmp_path / "in"), "--device", "mr")
    assert [row["state"] for row in again] == ["uploaded", "uploaded"]
    assert [len(file["versions"]) for file in door.files()] == [1, 1]


def test_a_folder_is_imported_through_the_connector_that_runs(edge: Edge, door: Door, tmp_path: Path) -> None:
    edge.start()
    rows = edge.lines("import", str(mixed_folder(tmp_path / "in")), "--device", "mr")
    assert [row["state"] for row in rows] == ["uploaded", "uploaded"]
    assert len(door.sops()) == 4
    assert edge.process.poll() is None


@pytest.mark.parametrize("running", [False, True])
def test_somebody_at_a_terminal_sees_how_far_an_import_is(edge: Edge, tmp_path: Path, running: bool) -> None:
    folder = mixed_folder(tmp_path / "in")
    if running:
        edge.start()
    said = edge.at_terminal("import", str(folder), "--device", "mr")
    for words in (r"Reading.* 4/4", r"Sending.* 2/2"):
        assert re.search(words, said), said


def test_opting_out_holds_for_imports(edge: Edge, door: Door, tmp_path: Path) -> None:
    make_instances(tmp_path / "in", 1, root=ROOT)
    (row,) = edge.lines("import", str(tmp_path / "in"), "--device", "optin")
    assert row["state"] == "skipped"
    assert door.files() == []


def test_once_sends_what_is_there_and_says_whether_all_has_gone(
    edge: Edge, door: Door, tmp_path: Path
) -> None:
    door.kill()
    make_instances(tmp_path / "in", 1, root=ROOT)
    failed = edge.command("import", str(tmp_path / "in"), "--device", "mr")
    assert failed.returncode == 1
    assert "1 of 1 series are not on the server yet; server trouble: " in failed.stderr
    assert edge.command("run", "--once").returncode == 1
    door.start()
    assert edge.command("run", "--once").returncode == 0
    assert len(door.sops()) == 1


def test_a_held_series_is_shown_and_tried_again(
    edge: Edge, door: Door, storescu: str, tmp_path: Path
) -> None:
    door.faults(("announce", "422", 1))
    edge.start()
    send(make_instances(tmp_path / "in", 1, root=ROOT), edge.port, "-aet", "MR")
    wait_until(lambda: edge.events("held"), what="held")
    wait_until(lambda: edge.lines("status")[0]["waiting"], what="status")
    (status,) = edge.lines("status")
    (held,) = status["waiting"]
    assert (status["running"], held["state"], held["device"]) == (True, "held", "mr")
    assert "422" in held["reason"]
    assert held["series"] in edge.command("status").stdout
    assert edge.lines("retry", held["series"]) == [{"series": held["series"], "retried": 1}]
    wait_until(lambda: len(door.sops()) == 1, what="upload")
    wait_until(lambda: edge.lines("status")[0]["waiting"] == [], what="nothing waits")
    assert "nothing to try again" in edge.command("retry", held["series"]).stderr


def test_forgetting_deletes_here_and_asks_before_it_loses_anything(
    edge: Edge, door: Door, tmp_path: Path
) -> None:
    door.kill()
    make_instances(tmp_path / "in", 1, root=ROOT)
    edge.command("import", str(tmp_path / "in"), "--device", "mr")
    series = f"{ROOT}.1"
    refused = edge.command("forget", series)
    assert refused.returncode == 1 and "Add --yes" in refused.stderr
    assert edge.lines("forget", series, "--yes") == [{"series": series, "forgotten": 1}]
    assert list(edge.spool.glob("incoming/**/*.dcm")) == []
    assert "no series" in edge.command("forget", series, "--yes").stderr


@pytest.mark.parametrize(("words", "told"), [
    (("import", "/nowhere", "--device", "mr"), "/nowhere: no such folder"),
    (("import", "/etc", "--device", "mrr", "--dry-run"), "no device 'mrr' in the configuration; there is: mr, optin"),
    (("status",), "no connector has run on the spool"),
    (("forget", "1.2.3", "--yes"), "has this connector never run?"),
    (("echo", "mr"), "mr has no host in the configuration"),
    (("find", "mr", "--since", "yesterday"), "--since yesterday: write a day as 2026-01-31"),
    (("fetch", "mr", "--study", "1.2"), "mr has no host in the configuration"),
    (("route", "fw://a/b", "--device", "x"), "no device 'x' in the configuration"),
])  # fmt: skip
def test_trouble_is_one_line(edge: Edge, words: tuple[str, ...], told: str) -> None:
    done = edge.command(*words)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_routing_string_is_tried_out_without_the_server(edge: Edge, door: Door) -> None:
    door.kill()
    (parsed,) = edge.lines("route", "FW:/psych/study01/ses1", "--device", "mr")
    assert (parsed["group"], parsed["session"], parsed["flags"]) == (
        "psych",
        "ses1",
        ["repaired_prefix", "third_segment_as_session"],
    )
    assert "cannot be asked" in json.dumps(parsed["server"])
