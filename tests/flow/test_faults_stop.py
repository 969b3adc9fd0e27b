"""SIGTERM in the middle of everything, and a server that is away for a while."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime

import httpx
import psycopg
import pytest
from fault_archive import read_archive
from fault_kit import TREADLE, Treadle, kill
from fault_scanner import SUCCESS, Scanner, Slice, send, slices

from treadle.server.store.embedded import running_url
from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.slow]

MIB = 1 << 20
AWAY_S = 12.0
Start = Callable[..., Treadle]


class SlowUpload:
    """A multipart upload that has sent a good part of its file and goes on slowly."""

    def __init__(self, treadle: Treadle, project: str, name: str) -> None:
        head = (
            f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        request = (
            f"POST /api/projects/{project}/files HTTP/1.1\r\nHost: treadle\r\n"
            f"Authorization: scitran-user {treadle.key}\r\nContent-Length: {500 * MIB}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        self._socket = socket.create_connection(("127.0.0.1", treadle.http))
        self._socket.sendall((request + head).encode() + bytes(40 * MIB))
        threading.Thread(target=self._trickle, daemon=True).start()

    def _trickle(self) -> None:
        try:
            while True:
                self._socket.sendall(bytes(64 << 10))
                time.sleep(0.02)
        except OSError:
            return


def _staged(treadle: Treadle) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in (treadle.home / "blobs" / "staged").iterdir()}


def _noise(images: list[Slice]) -> list[Slice]:
    """The slices with pixels that do not compress."""
    for image in images:
        image.data_set.PixelData = os.urandom(len(image.data_set.PixelData))
    return images


def test_a_stop_in_the_middle_is_quick_and_everything_goes_on_afterwards(make_treadle: Start) -> None:
    treadle = make_treadle(TREADLE_UPLOADS__PART_BYTES=str(1 << 16))  # many parts: time to stop in between
    project = treadle.make_project()
    large = _noise(slices(1, 1, range(1, 17), pixels=1024))
    assert set(send(large, treadle.dicom).values()) == {SUCCESS}
    wait_until(lambda: any(_staged(treadle).values()), what="the connector uploads")
    SlowUpload(treadle, project, "half.bin")
    wait_until(lambda: list((treadle.home / "blobs" / "tmp").iterdir()), what="the upload arrives")
    scanner = Scanner(slices(2, 1, range(1, 61)), treadle.dicom, batch=60, pause_s=0.05, allowed=60)
    scanner.start()
    wait_until(lambda: len(scanner.acknowledged) > 3, what="a scan is under way")

    family = [process for group in treadle.processes().values() for process in group]
    assert treadle.stop() < 10
    assert not [process for process in family if process.is_running() and process.status() != "zombie"]
    left = _staged(treadle)
    assert len(left) == 1
    (ticket, size) = left.popitem()
    assert 0 < size < 16 * 2 * MIB

    treadle.start_ready()
    assert [file["name"] for file in treadle.get(f"/projects/{project}").json()["files"]] == []
    seen = _staged(treadle).get(ticket)
    assert seen is None or seen >= size  # it goes on where it was
    wait_until(lambda: scanner.is_done, what="the scan is acknowledged")
    wait_until(lambda: _count(treadle, project) == 16 + 60, what="both series arrive")
    archive = read_archive(treadle, project)
    assert archive.doubles() == {}
    assert {sop: found[0] for sop, found in archive.digests.items()} == {
        image.sop: image.digest for image in (*large, *scanner.images)
    }
    tickets = treadle.rows("SELECT id FROM upload WHERE request->'key'->>'series' = %s", large[0].series)
    assert tickets == [(ticket,)]  # one upload, resumed
    temporary = treadle.home / "blobs" / "tmp"
    wait_until(lambda: not list(temporary.iterdir()), what="nothing is left of the cut upload")


def test_workers_stop_at_once_while_facts_pour_in(treadle: Treadle) -> None:
    url = running_url(treadle.home / "postgres")
    assert url is not None
    command = [*TREADLE, "worker", "--home", str(treadle.home)]
    environ = {**os.environ, "TREADLE_DATABASE_URL": url}
    log = treadle.home.with_name("workers.log")
    with log.open("wb") as out, psycopg.connect(url, autocommit=True) as connection:
        workers = [subprocess.Popen(command, env=environ, stdout=out, stderr=out) for _ in range(4)]
        try:
            wait_until(lambda: log.read_text().count("worker_started") == 4, what="they work")
            time.sleep(1)
            for number in range(400):
                connection.execute("SELECT pg_notify('treadle_facts', '{}')")
                if number % 100 == 50:
                    workers[number // 100].terminate()
            assert [worker.wait(60) for worker in workers] == [0] * 4
        finally:
            for worker in workers:
                worker.kill()


def test_a_scan_while_the_server_is_away_arrives_in_order_when_it_is_back(treadle: Treadle) -> None:
    project = treadle.make_project()
    series = [slices(number, 1, range(1, 6)) for number in range(1, 9)]
    deadline = time.monotonic() + AWAY_S
    keeper = threading.Thread(target=_keep_away, args=(treadle, deadline))
    keeper.start()
    wait_until(lambda: not _answers(treadle), what="the server is away")
    for images in series:
        assert set(send(images, treadle.dicom).values()) == {SUCCESS}
        time.sleep(1.3)  # longer than the quiet time: each is complete before the next begins
    keeper.join()
    wait_until(lambda: _count(treadle, project) == 40, what="all arrive")
    archive = read_archive(treadle, project)
    assert archive.doubles() == {}
    assert len(archive.sessions) == len(archive.acquisitions) == len(series)
    arrived = {one["uid"]: datetime.fromisoformat(one["created"]) for one in archive.acquisitions}
    at = [arrived[images[0].series] for images in series]
    # Three are under way at a time: a slow one is overtaken by what the two others finish meanwhile, hardly by more.
    assert all(first < fifth for first, fifth in zip(at, at[4:], strict=False)), at
    wait_until(lambda: treadle.spool().is_drained, what="spool drained")


def test_a_server_that_hangs_for_a_while_loses_and_doubles_nothing(treadle: Treadle) -> None:
    project = treadle.make_project()
    images = [image for one in range(1, 7) for image in slices(1, one, range(1, 11))]
    scanner = Scanner(images, treadle.dicom, pause_s=0.05, allowed=len(images))
    scanner.start()
    for role in ("serve", "worker", "serve", "connector", "backend"):
        time.sleep(0.5)
        frozen = treadle.processes()[role]
        for process in frozen:
            process.suspend()
        time.sleep(2)
        for process in frozen:
            process.resume()
    wait_until(lambda: scanner.is_done, what="all acknowledged")
    wait_until(lambda: _count(treadle, project) == len(images), what="all arrive")
    archive = read_archive(treadle, project)
    assert archive.doubles() == {}
    assert {sop: found[0] for sop, found in archive.digests.items()} == {
        image.sop: image.digest for image in images
    }


def _keep_away(treadle: Treadle, deadline: float) -> None:
    """Kill the API whenever it is started, until the deadline."""
    while time.monotonic() < deadline:
        for process in treadle.processes().get("serve", []):
            kill(process)
        time.sleep(0.1)


def _answers(treadle: Treadle) -> bool:
    try:
        return bool(treadle.get("/version").status_code == 200)
    except httpx.HTTPError:
        return False


def _count(treadle: Treadle, project: str) -> int:
    try:
        files = read_archive(treadle, project, contents=False).files
    except httpx.HTTPError:
        return -1
    return sum(file["zip_member_count"] or 0 for file in files)
