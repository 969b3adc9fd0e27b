"""Two hosts with an API process and a worker each, one database: every race ends as if there had been one of each."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from fault_archive import read_archive
from fault_kit import TREADLE, Treadle
from fault_scanner import Slice, slices, study_uid
from pydicom.filewriter import dcmwrite

from treadle.connector.api import Api, Confirmed
from treadle.connector.bundle import Bundle, describe, make_bundle
from treadle.connector.config import DeviceConfig
from treadle.connector.errors import ServerTroubleError, TicketGoneError
from treadle.connector.scratch import Scratch
from treadle.connector.upload import send_bundle
from treadle.dicom.header import read_facts
from treadle.server.store.embedded import running_url
from treadle.testing.ports import free_port
from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.slow]

SERIES = 20
WAITING = "SELECT count(*) FROM outbox WHERE handled_at IS NULL"
T = TypeVar("T")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """A whole server, and a second API and worker as another host would run them."""
    treadle = Treadle(tmp_path_factory.mktemp("up") / "home")
    treadle.start_ready()
    second = Twins(treadle)
    yield second
    second.close()
    treadle.close()


class Twins:
    """The second API and worker, with a home of their own, and connectors' voices to both APIs."""

    def __init__(self, treadle: Treadle) -> None:
        self.treadle = treadle
        self.port = free_port()
        url = running_url(treadle.home / "postgres")
        assert url is not None
        self._log = treadle.home.with_name("twins.log").open("ab")
        self._processes = [self._start(role, url) for role in ("serve", "worker")]
        wait_until(self._is_ready, what="the second API answers")
        self.device_key = json.loads((treadle.home / "bootstrap.json").read_text())["device_key"]
        self._ports = cycle((treadle.http, self.port))

    def _start(self, role: str, url: str) -> subprocess.Popen[bytes]:
        home = self.treadle.home.with_name("second")
        words = [*TREADLE, role, "--home", str(home), "--http", f"127.0.0.1:{self.port}"]
        blobs = (self.treadle.home / "blobs").as_uri()
        environ = {**os.environ, "TREADLE_DATABASE_URL": url, "TREADLE_BLOBS_URL": blobs}
        return subprocess.Popen(words, env=environ, stdout=self._log, stderr=self._log)

    def _is_ready(self) -> bool:
        try:
            with self.treadle.client(port=self.port) as client:
                return bool(client.get("/users/self").status_code == 200)
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        """SIGTERM for both."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)
        self._log.close()

    def api(self) -> Api:
        """A connector's connection, to the one API and the other by turns."""
        return Api(url=f"http://127.0.0.1:{next(self._ports)}", api_key=self.device_key)


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """All calls started at the same moment; their results, or the first error."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        gate.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def bundle_of(images: Sequence[Slice], folder: Path) -> Bundle:
    """What a connector would send of one series."""
    folder.mkdir(parents=True, exist_ok=True)
    for image in images:
        path = folder / f"{image.sop}.dcm"
        dcmwrite(path, image.data_set, enforce_file_format=True)
    facts = [read_facts(folder / f"{image.sop}.dcm") for image in images]
    series = images[0].series
    return make_bundle(
        facts,
        describe(facts, series, DeviceConfig()),
        bucket=series,
        device=DeviceConfig(),
        scratch=Scratch(folder / f"{series}.zip"),
    )


def _send(twins: Twins, bundle: Bundle) -> Confirmed:
    api = twins.api()
    try:
        return send_bundle(api, bundle)
    finally:
        api.close()


def _make(twins: Twins, label: str) -> str:
    with twins.treadle.client() as client:
        if client.get("/groups/twins").status_code != 200:
            client.post("/groups", json={"_id": "twins", "label": "twins"}).raise_for_status()
        return str(client.post("/projects", json={"group": "twins", "label": label}).json()["_id"])


def test_twenty_series_of_a_new_study_at_once_make_one_subject_and_one_session(
    twins: Twins, tmp_path: Path
) -> None:
    project = _make(twins, "hammer")
    for study in range(1, 9):
        bundles = [
            bundle_of(slices(study, one, range(1, 3), project="twins/hammer"), tmp_path / "in")
            for one in range(SERIES)
        ]
        confirmed = at_once([partial(_send, twins, bundle) for bundle in bundles])
        assert {(one.version, one.reason) for one in confirmed} == {(1, None)}
        assert len({one.file_id for one in confirmed}) == SERIES
        archive = read_archive(twins.treadle, project, contents=False)
        assert archive.doubles() == {}
        assert len(archive.subjects) == len(archive.sessions) == study
        assert len(archive.acquisitions) == len(archive.files) == study * SERIES


def test_twenty_new_studies_of_one_new_subject_at_once_share_it(twins: Twins, tmp_path: Path) -> None:
    project = _make(twins, "longitudinal")
    for subject in range(1, 5):
        images = [
            Slice(
                uid := study_uid(1000 * subject + one), f"{uid}.1", 1, f"fw://twins/longitudinal/s{subject}"
            )
            for one in range(SERIES)
        ]
        bundles = [bundle_of([image], tmp_path / "in") for image in images]
        confirmed = at_once([partial(_send, twins, bundle) for bundle in bundles])
        assert len({one.file_id for one in confirmed}) == SERIES
        archive = read_archive(twins.treadle, project, contents=False)
        assert archive.doubles() == {}
        assert len(archive.subjects) == subject
        assert len(archive.sessions) == len(archive.files) == subject * SERIES


def test_the_same_series_from_many_connectors_at_once_is_one_file(twins: Twins, tmp_path: Path) -> None:
    project = _make(twins, "same")
    for study in range(20, 30):
        bundle = bundle_of(slices(study, 1, range(1, 9), project="twins/same"), tmp_path / "in")
        confirmed = at_once([partial(_patiently, twins, bundle)] * 8)
        assert len({(one.file_id, one.version) for one in confirmed}) == 1
    archive = read_archive(twins.treadle, project)
    assert archive.doubles() == {}
    assert len(archive.files) == 10
    assert [file["version"] for file in archive.files] == [1] * 10


def _patiently(twins: Twins, bundle: Bundle) -> Confirmed:
    """As the connector's pipeline does: again when the server says so, never when it refuses the series."""
    for _ in range(20):
        with suppress(ServerTroubleError, TicketGoneError):
            return _send(twins, bundle)
        time.sleep(0.1)
    raise AssertionError("the server is never ready")


def test_a_name_uploaded_by_many_at_once_gets_consecutive_versions(twins: Twins) -> None:
    project = _make(twins, "names")
    ports = (twins.treadle.http, twins.port)

    def upload(number: int) -> int:
        with twins.treadle.client(port=ports[number % 2]) as client:
            content = f"content {number}".encode()
            return client.post(
                f"/projects/{project}/files", files={"file": ("same.txt", content)}
            ).status_code

    assert at_once([partial(upload, number) for number in range(20)]) == [200] * 20
    versions = twins.treadle.rows(
        "SELECT version, is_current FROM file WHERE project_id = %s ORDER BY version", project
    )
    assert versions == [(number, number == 20) for number in range(1, 21)]


def test_every_fact_is_handled_once_by_two_workers(twins: Twins) -> None:
    """Uploaded series without a header: a worker completes each once (one change of each file)."""
    project = _make(twins, "facts")
    before = twins.treadle.rows("SELECT coalesce(max(id), 0) FROM outbox")[0][0]
    ports = (twins.treadle.http, twins.port)

    def upload(number: int) -> int:
        with twins.treadle.client(port=ports[number % 2]) as client:
            file = (f"series-{number}.dicom.zip", _zipped(slices(50 + number, 1, range(1, 4))))
            return client.post(f"/projects/{project}/files", files={"file": file}).status_code

    assert at_once([partial(upload, number) for number in range(20)]) == [200] * 20
    wait_until(lambda: twins.treadle.rows(WAITING) == [(0,)], what="all facts are handled")
    facts: list[tuple[Any, ...]] = twins.treadle.rows(
        "SELECT name, payload->>'id', failures FROM outbox WHERE id > %s AND payload->>'level' = 'file'",
        before,
    )
    assert [row for row in facts if row[2]] == []
    assert set(Counter((name, file) for name, file, _ in facts).values()) == {1}
    assert Counter(name for name, _, _ in facts) == {"file.created": 20, "file.modified": 20}
    indexed = twins.treadle.rows(
        "SELECT count(*) FROM instance JOIN file ON file.id = file_version_id WHERE project_id = %s", project
    )
    assert indexed == [(60,)]


def test_the_worker_of_another_host_does_the_work_alone(twins: Twins) -> None:
    """The first worker stands still: what is uploaded is read all the same."""
    project = _make(twins, "alone")
    wait_until(lambda: twins.treadle.rows(WAITING) == [(0,)], what="nobody holds a fact")
    first = twins.treadle.role("worker")
    first.suspend()
    try:
        twins.treadle.upload(project, "alone.dicom.zip", _zipped(slices(90, 1, [1]))).raise_for_status()
        wait_until(lambda: twins.treadle.rows(WAITING) == [(0,)], what="the second worker has read it")
    finally:
        first.resume()


def _zipped(images: Sequence[Slice]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for image in images:
            one = BytesIO()
            dcmwrite(one, image.data_set, enforce_file_format=True)
            out.writestr(f"{image.sop}.dcm", one.getvalue())
    return packed.getvalue()
