"""Storage commitment, asked for by a real requester: the report comes on an association of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest
from connector_kit import Door, make_instances, send
from edge_kit import Edge
from pull_peers import Orthanc
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel

from treadle.connector.receive.commitments import keep_request
from treadle.connector.receive.landing import file_meta
from treadle.testing.ports import free_port
from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
ROOT = "1.2.826.0.1.3680043.10.78"
WELL_KNOWN = "1.2.840.10008.1.20.1.1"
MR = "1.2.840.10008.5.1.4.1.1.4"


class Scanner:
    """Asks for commitment, and waits for reports on its own port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.reports: Queue[tuple[int, Dataset]] = Queue()
        self._server: Any = None

    def listen(self) -> None:
        ae = AE("MR")
        ae.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
        handlers = [(evt.EVT_N_EVENT_REPORT, self._take)]
        self._server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def _take(self, event: evt.Event) -> tuple[int, None]:
        self.reports.put((event.event_type, event.event_information))
        return 0x0000, None

    def close(self) -> None:
        if self._server:
            self._server.shutdown()

    def ask(self, port: int, sops: list[str], *, transaction: str = "1.2.3.4") -> int:
        """The status of the answer to N-ACTION."""
        ae = AE("MR")
        ae.add_requested_context(StorageCommitmentPushModel)
        association = ae.associate("127.0.0.1", port, ae_title="TREADLE")
        assert association.is_established
        status, _ = association.send_n_action(
            question(sops, transaction), 1, StorageCommitmentPushModel, WELL_KNOWN
        )
        association.release()
        return status.Status


def question(sops: list[str], transaction: str) -> Dataset:
    items = []
    for sop in sops:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = MR, sop
        items.append(item)
    ds = Dataset()
    ds.TransactionUID, ds.ReferencedSOPSequence = transaction, items
    return ds


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    scanner = Scanner()
    yield scanner
    scanner.close()


@pytest.fixture
def make_edge(tmp_path: Path, door: Door, scanner: Scanner) -> Iterator[Callable[..., Edge]]:
    made: list[Edge] = []

    def make(**commitment: object) -> Edge:
        wanted = {"host": "127.0.0.1", "port": scanner.port, **commitment}
        push = {"series_quiet": "1s", "storage_commitment": wanted}
        edge = Edge(tmp_path, door, {"devices": [{"id": "mr", "ae_title": "MR", "push": push}]})
        made.append(edge)
        edge.start()
        return edge

    yield make
    for edge in made:
        edge.kill()


def sops_of(files: list[Path]) -> list[str]:
    return [str(dcmread(file, stop_before_pixels=True).SOPInstanceUID) for file in files]


@pytest.mark.parametrize("profile", [None, "name: trial\ntreadle: {preset: research}\n"])
def test_the_report_comes_once_everything_is_on_the_server(
    make_edge: Callable[..., Edge], scanner: Scanner, door: Door, tmp_path: Path, profile: str | None
) -> None:
    door.deid(profile)  # the scanner asks for its own UIDs, whatever is sent
    edge = make_edge()
    scanner.listen()
    files = make_instances(tmp_path / "in", 3, root=ROOT)
    door.faults(("announce", "503", 3))  # the server is away for a while
    send(files, edge.port, "-aet", "MR")
    assert scanner.ask(edge.port, sops_of(files)) == 0x0000
    kind, said = scanner.reports.get(timeout=60)
    assert len(door.sops()) == 3
    assert (kind, said.TransactionUID) == (1, "1.2.3.4")
    assert sorted(item.ReferencedSOPInstanceUID for item in said.ReferencedSOPSequence) == sorted(
        sops_of(files)
    )
    assert "FailedSOPSequence" not in said
    wait_until(lambda: not list(edge.spool.glob("commitments/mr/*")), what="the request is done")


def test_what_never_came_is_reported_as_missing_when_the_time_is_over(
    make_edge: Callable[..., Edge], scanner: Scanner, tmp_path: Path
) -> None:
    edge = make_edge(commit_when="spooled", commit_timeout="3s")
    scanner.listen()
    files = make_instances(tmp_path / "in", 1, root=ROOT)
    send(files, edge.port, "-aet", "MR")
    assert scanner.ask(edge.port, [*sops_of(files), f"{ROOT}.404"]) == 0x0000
    kind, said = scanner.reports.get(timeout=30)
    assert kind == 2
    (failed,), (safe,) = said.FailedSOPSequence, said.ReferencedSOPSequence
    assert (failed.ReferencedSOPInstanceUID, failed.FailureReason) == (f"{ROOT}.404", 0x0112)
    assert safe.ReferencedSOPInstanceUID == sops_of(files)[0]


def test_a_report_waits_for_a_device_that_is_away_and_outlives_the_connector(
    make_edge: Callable[..., Edge], scanner: Scanner, tmp_path: Path
) -> None:
    edge = make_edge(commit_when="spooled")
    files = make_instances(tmp_path / "in", 1, root=ROOT)
    send(files, edge.port, "-aet", "MR")
    assert scanner.ask(edge.port, sops_of(files)) == 0x0000
    wait_until(lambda: edge.events("commitment not reported"), what="a report that fails")
    edge.kill()
    edge.start()
    scanner.listen()
    assert scanner.reports.get(timeout=40)[0] == 1


def test_commitment_is_offered_only_where_it_is_configured(
    make_edge: Callable[..., Edge], tmp_path: Path
) -> None:
    edge = make_edge()
    edge.document["devices"].append({"id": "ct", "ae_title": "CT"})
    edge.reload()
    accepted = {}
    for title in ("MR", "CT"):
        ae = AE(title)
        ae.add_requested_context(StorageCommitmentPushModel)
        ae.add_requested_context(MR)
        deadline = time.monotonic() + 10
        while not (association := ae.associate("127.0.0.1", edge.port, ae_title="TREADLE")).is_established:
            assert time.monotonic() < deadline
        accepted[title] = len(association.accepted_contexts)
        association.release()
    assert accepted == {"MR": 2, "CT": 1}


def test_requests_that_cannot_be_read_are_dropped(make_edge: Callable[..., Edge], scanner: Scanner) -> None:
    edge = make_edge(commit_when="spooled", commit_timeout="1s")
    scanner.listen()
    meta = file_meta(sop_class=b"1.2", sop_instance=b"1.2", transfer_syntax=b"1.2.840.10008.1.2", source="MR")
    keep_request(edge.spool / "commitments" / "mr", [memoryview(os.urandom(300))], meta=meta, most=1000)
    assert scanner.ask(edge.port, [f"{ROOT}.1"]) == 0x0000
    assert scanner.reports.get(timeout=30)[0] == 2
    assert edge.events("commitment unreadable")


def test_orthanc_hears_that_its_images_are_safe(
    tmp_path: Path, door: Door, program: Callable[[str], str]
) -> None:
    edge = Edge(tmp_path, door)
    orthanc = Orthanc(program("Orthanc"), tmp_path / "orthanc", mover=edge.port, ae_title="MR")
    push = {"series_quiet": "1s", "storage_commitment": {"host": "127.0.0.1", "port": orthanc.port}}
    edge.document["devices"] = [{"id": "mr", "ae_title": "MR", "push": push}]
    try:
        edge.start()
        orthanc.start()
        orthanc.store(make_instances(tmp_path / "in", 2, root=ROOT))
        ids = httpx.get(f"{orthanc.url}/instances").json()
        httpx.post(f"{orthanc.url}/modalities/t/store", json=ids, timeout=60).raise_for_status()
        asked = httpx.post(
            f"{orthanc.url}/modalities/t/storage-commitment", json={"Resources": ids}, timeout=60
        )
        place = f"{orthanc.url}{asked.json()['Path']}"
        wait_until(lambda: httpx.get(place).json()["Status"] != "Pending", what="Orthanc has its report")
        report = httpx.get(place).json()
        assert (report["Status"], len(report["Success"]), report["Failures"]) == ("Success", 2, [])
        assert len(door.sops()) == 2
    finally:
        orthanc.kill()
        edge.kill()
