"""Really full disks: refused clearly, nothing half-done, no acknowledgement without data, and on it goes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fault_archive import read_archive
from fault_kit import Treadle, fill, kill, small_disk
from fault_scanner import SUCCESS, Scanner, Slice, send, slices

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.slow]

MIB = 1 << 20
OUT_OF_RESOURCES = 0xA700
NO_RESERVE = {"TREADLE_UPLOADS__MIN_FREE_BYTES": "0"}
Start = Callable[..., Treadle]


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is not there yet."""
    return tmp_path_factory.mktemp("disk") / "home"


@pytest.fixture
def on_small_blobs(home: Path, make_treadle: Start) -> Iterator[Treadle]:
    """A server whose contents lie on a disk of 24 MiB."""
    home.mkdir(mode=0o711)
    with small_disk(home / "blobs", 24):
        treadle = make_treadle(home=home, **NO_RESERVE)
        yield treadle
        treadle.close()


@pytest.fixture
def on_small_spool(home: Path, make_treadle: Start) -> Iterator[Treadle]:
    """A server whose connector spools to a disk of 16 MiB."""
    home.mkdir(mode=0o711)
    with small_disk(home / "spool", 16):
        treadle = make_treadle(home=home, **NO_RESERVE)
        yield treadle
        treadle.close()


@pytest.fixture
def on_small_home(home: Path, make_treadle: Start) -> Iterator[Treadle]:
    """A server with everything, database included, on one disk of 400 MiB."""
    with small_disk(home.with_name("disk"), 400):
        treadle = make_treadle(home=home.with_name("disk") / "home", **NO_RESERVE)
        yield treadle
        treadle.close()


def _names(treadle: Treadle, project: str) -> set[str]:
    return {file["name"] for file in treadle.get(f"/projects/{project}").raise_for_status().json()["files"]}


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(on_small_blobs: Treadle) -> None:
    treadle = on_small_blobs
    project = treadle.make_project()
    refused = treadle.upload(project, "large.bin", os.urandom(32 * MIB))
    assert refused.status_code == 507
    assert refused.json()["code"] == "storage_full"
    assert "free space" in refused.json()["message"].lower()
    assert _names(treadle, project) == set()
    assert not list((treadle.home / "blobs" / "tmp").iterdir())
    assert treadle.upload(project, "small.bin", os.urandom(4 * MIB)).status_code == 200
    assert _names(treadle, project) == {"small.bin"}


def test_a_series_waits_for_space_on_the_server(on_small_blobs: Treadle) -> None:
    treadle = on_small_blobs
    project = treadle.make_project()
    filler = fill(treadle.home / "blobs", leave=MIB)
    images = slices(1, 1, range(1, 9), pixels=1024)
    _make_incompressible(images)
    assert set(send(images, treadle.dicom).values()) == {SUCCESS}
    wait_until(lambda: "507" in (treadle.home / "logs" / "connector.log").read_text(), what="refused")
    assert read_archive(treadle, project).acquisitions == []
    filler.unlink()
    wait_until(lambda: _has(treadle, project, len(images)), what="the series arrives")
    wait_until(lambda: treadle.spool().is_drained, what="spool drained")
    archive = read_archive(treadle, project)
    assert archive.doubles() == {}
    assert {sop: found[0] for sop, found in archive.digests.items()} == {
        image.sop: image.digest for image in images
    }


def test_a_full_spool_acknowledges_nothing_and_goes_on_when_there_is_space(on_small_spool: Treadle) -> None:
    treadle = on_small_spool
    project = treadle.make_project()
    images = slices(2, 1, range(1, 25), pixels=512)  # half a megabyte each: 16 MiB hold only some
    first = send(images[:4], treadle.dicom)
    assert set(first.values()) == {SUCCESS}
    filler = fill(treadle.home / "spool")
    refused = send(images[4:8], treadle.dicom)
    assert set(refused.values()) == {OUT_OF_RESOURCES}
    treadle.role("connector").terminate()  # and it has to start on the full disk
    time.sleep(4)
    assert treadle.is_running
    filler.unlink()
    scanner = Scanner(images, treadle.dicom, allowed=len(images))
    scanner.acknowledged.update(dict.fromkeys(first, 0.0))
    subprocess.run(["mount", "-o", "remount,size=100m", str(treadle.home / "spool")], check=True)
    scanner.start()
    wait_until(lambda: scanner.is_done, what="all acknowledged")
    wait_until(lambda: _has(treadle, project, len(images)), what="all arrive")
    assert read_archive(treadle, project).doubles() == {}
    assert not list((treadle.home / "spool").glob("*.unusable"))  # what was known is still known


def test_what_a_filling_spool_acknowledged_arrives(on_small_spool: Treadle) -> None:
    treadle = on_small_spool
    project = treadle.make_project()
    images = slices(3, 1, range(1, 61), pixels=512)
    answered = send(images, treadle.dicom)
    done = {sop for sop, status in answered.items() if status == SUCCESS}
    assert set(answered.values()) == {SUCCESS, OUT_OF_RESOURCES}
    subprocess.run(["mount", "-o", "remount,size=100m", str(treadle.home / "spool")], check=True)
    wait_until(lambda: _has(treadle, project, len(done)), what="all that was acknowledged")
    assert set(read_archive(treadle, project).digests) == done


def test_a_disk_that_is_full_for_everything_is_told_and_survived(on_small_home: Treadle) -> None:
    treadle = on_small_home
    project = treadle.make_project()
    assert treadle.upload(project, "before.bin", b"before").status_code == 200
    before = slices(4, 1, range(1, 5))
    assert set(send(before, treadle.dicom).values()) == {SUCCESS}
    wait_until(lambda: _has(treadle, project, 4), what="the first series")
    filler = fill(treadle.home)
    told = _told_while_full(treadle, project)
    assert told
    assert set(told) <= {503, 507}
    scanner = Scanner(slices(5, 1, range(1, 5), pixels=256), treadle.dicom, allowed=4)
    scanner.start()
    wait_until(lambda: scanner.refused, what="refused for want of space")
    for role in ("worker", "postmaster", "connector"):  # trouble seldom comes alone
        for victim in treadle.processes().get(role, []):
            kill(victim)
    for _ in range(30):
        fill(treadle.home)
        time.sleep(0.2)
    assert treadle.is_running, treadle.log()
    filler.unlink()
    wait_until(lambda: treadle.is_ready, what="ready again")
    assert treadle.starts == 1
    assert treadle.is_running
    wait_until(lambda: treadle.upload(project, "after.bin", b"after").status_code == 200, what="upload")
    assert _names(treadle, project) == {"before.bin", "after.bin"}
    wait_until(lambda: scanner.is_done, what="acknowledged after space returned")
    wait_until(lambda: _has(treadle, project, 8), what="both series")
    assert read_archive(treadle, project).doubles() == {}


def _told_while_full(treadle: Treadle, project: str) -> list[int]:
    """Status codes of writes until the database itself has no room for its log."""
    told = []
    deadline = time.monotonic() + 30
    with treadle.client() as client:
        while time.monotonic() < deadline and 503 not in told:
            told.append(treadle.upload(project, "during.bin", os.urandom(MIB)).status_code)
            body = {"project": project, "label": f"s{len(told)}", "info": {"x": "y" * 200_000}}
            answer = client.post("/subjects", json=body)
            if answer.status_code >= 300:
                told.append(answer.status_code)
                assert answer.json()["message"]
    return told


def _make_incompressible(images: list[Slice]) -> None:
    for image in images:
        image.data_set.PixelData = os.urandom(len(image.data_set.PixelData))


def _has(treadle: Treadle, project: str, instances: int) -> bool:
    try:
        files = read_archive(treadle, project, contents=False).files
    except httpx.HTTPError:
        return False
    return sum(file["zip_member_count"] or 0 for file in files) == instances
