"""The receiver against independent senders (DCMTK, pynetdicom) and against broken or hostile ones."""

import os
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from connector_kit import Connector, acknowledged, make_instances, send
from pynetdicom import AE
from pynetdicom.sop_class import (
    MRImageStorage,
    PatientRootQueryRetrieveInformationModelFind,
    Verification,
)

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
Make = Callable[..., Connector]
QUIET = {"series_quiet_s": 600}


def echo(port: int, *, aec: str = "TREADLE", aet: str = "ECHOSCU") -> subprocess.CompletedProcess:
    command = ["echoscu", "-v", "-aet", aet, "-aec", aec, "127.0.0.1", str(port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def received(connector: Connector) -> list[Path]:
    return sorted(connector.spool.glob("incoming/**/*.dcm"))


def wait_for(connector: Connector, count: int) -> list[Path]:
    wait_until(lambda: len(received(connector)) == count, what=f"{count} instances sorted")
    return received(connector)


def test_echo_is_answered(make_connector: Make) -> None:
    assert echo(make_connector(defaults=QUIET).port).returncode == 0


def test_a_wrong_called_title_is_refused(make_connector: Make) -> None:
    result = echo(make_connector(defaults=QUIET).port, aec="OTHER")
    assert "Called AE Title Not Recognized" in result.stderr + result.stdout


def test_an_unknown_sender_is_refused_once_devices_are_configured(make_connector: Make) -> None:
    connector = make_connector(
        devices=[
            {"id": "mr1", "ae_title": "MR1"},
            {"id": "far", "ae_title": "FAR", "allow_from": ["10.0.0.0/8"]},
        ]
    )
    assert echo(connector.port, aet="MR1").returncode == 0
    for title in ("MR2", "FAR", "mr1"):
        result = echo(connector.port, aet=title)
        assert "Calling AE Title Not Recognized" in result.stderr + result.stdout


def test_private_sop_classes_are_stored_and_queries_are_not_offered(make_connector: Make) -> None:
    sender = AE()
    for abstract in (
        "1.2.826.0.1.3680043.8.498.7",
        MRImageStorage,
        PatientRootQueryRetrieveInformationModelFind,
    ):
        sender.add_requested_context(abstract)
    association = sender.associate("127.0.0.1", make_connector(defaults=QUIET).port, ae_title="TREADLE")
    accepted = {str(context.abstract_syntax) for context in association.accepted_contexts}
    association.release()
    assert accepted == {"1.2.826.0.1.3680043.8.498.7", str(MRImageStorage)}


def test_compressed_is_preferred_then_explicit_little_endian(make_connector: Make) -> None:
    port = make_connector(defaults=QUIET).port
    implicit, explicit, jpeg = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"
    for offered, chosen in (([implicit, explicit, jpeg], jpeg), ([implicit, explicit], explicit)):
        sender = AE()
        sender.add_requested_context(MRImageStorage, offered)
        association = sender.associate("127.0.0.1", port, ae_title="TREADLE")
        assert association.accepted_contexts[0].transfer_syntax == [chosen]
        association.release()


@pytest.mark.parametrize("uid", ["../../../etc/passwd", "..", "1.2." + "3" * 70, "1.2/3", ""])
def test_an_unusable_uid_is_acknowledged_and_kept_apart(
    make_connector: Make, tmp_path: Path, uid: str
) -> None:
    connector = make_connector(defaults=QUIET)
    (path,) = make_instances(tmp_path / "in", 1)
    data = pydicom.dcmread(path)
    with pydicom.config.disable_value_validation():
        data.SeriesInstanceUID = uid
        sender = AE()
        sender.add_requested_context(MRImageStorage, data.file_meta.TransferSyntaxUID)
        association = sender.associate("127.0.0.1", connector.port, ae_title="TREADLE")
        assert association.send_c_store(data).Status == 0x0000
        association.release()
    wait_until(lambda: list(connector.spool.glob("quarantine/any/*.dcm")), what="quarantine")
    assert not received(connector)


def test_twenty_associations_at_once_and_the_next_is_turned_away(make_connector: Make) -> None:
    port = make_connector(defaults=QUIET).port
    sender = AE()
    sender.add_requested_context(Verification)
    open_ones = [sender.associate("127.0.0.1", port, ae_title="TREADLE") for _ in range(20)]
    assert all(one.is_established for one in open_ones)
    assert not sender.associate("127.0.0.1", port, ae_title="TREADLE").is_established
    for one in open_ones:
        assert one.send_c_echo().Status == 0x0000
        one.release()
    wait_until(lambda: echo(port).returncode == 0, what="seats free again")


def test_twenty_senders_at_once(make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector(defaults=QUIET)
    groups = [make_instances(tmp_path / str(n), 5, root=f"1.2.826.0.1.3680043.10.96.{n}") for n in range(20)]
    results: list[list[str]] = []
    senders = [
        threading.Thread(target=lambda group=group: results.append(acknowledged(send(group, connector.port))))
        for group in groups
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(map(len, results)) == [5] * 20
    wait_for(connector, 100)


def test_a_cut_connection_leaves_nothing_half_done(make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector(defaults=QUIET)
    (path,) = make_instances(tmp_path / "in", 1, pixels=1024)
    sender = subprocess.Popen(
        ["storescu", "-aec", "TREADLE", "--max-send-pdu", "4096", "127.0.0.1", str(connector.port), str(path)]
    )
    time.sleep(0.05)
    sender.kill()
    sender.wait()
    assert len(acknowledged(send([path], connector.port))) == 1
    (kept,) = wait_for(connector, 1)
    assert pydicom.dcmread(kept).PixelData == pydicom.dcmread(path).PixelData


HOSTILE = {
    "nothing": b"",
    "not DICOM": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "huge request": struct.pack(">BBI", 1, 0, 0xFFFFFFFF),
    "short request": struct.pack(">BBI", 1, 0, 10) + bytes(10),
    "data first": struct.pack(">BBI", 4, 0, 6) + bytes(6),
    "item too long": struct.pack(">BBI", 1, 0, 72)
    + b"\0\1"
    + bytes(66)
    + struct.pack(">BBH", 0x10, 0, 60000),
    "noise": os.urandom(5000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_end_the_association_only(make_connector: Make, name: str) -> None:
    connector = make_connector(defaults=QUIET)
    wait_until(lambda: len(connector.receivers()) == 2, what="receivers")
    before = connector.receivers()
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", connector.port)) as peer:
            peer.sendall(HOSTILE[name])
            peer.shutdown(socket.SHUT_WR)
            peer.settimeout(5)
            while peer.recv(4096):
                pass
    assert echo(connector.port).returncode == 0
    assert connector.receivers() == before


def test_half_open_connections_are_in_nobodys_way(make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector(defaults=QUIET)
    wait_until(lambda: len(connector.receivers()) == 2, what="receivers")
    silent = [socket.create_connection(("127.0.0.1", connector.port)) for _ in range(300)]
    for peer in silent[::2]:
        peer.sendall(b"\x01")  # the first byte of a request that never comes
    sent = send(make_instances(tmp_path / "in", 5), connector.port)
    assert len(acknowledged(sent)) == 5
    threads = [len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in connector.receivers()]
    assert max(threads) < 64 + 16
    for peer in silent:
        peer.close()
    wait_for(connector, 5)


def test_receivers_stay_small(make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector(defaults=QUIET)
    send(make_instances(tmp_path / "in", 40, pixels=512), connector.port)
    send(make_instances(tmp_path / "big", 1, pixels=5000, root="1.2.826.0.1.3680043.10.95"), connector.port)
    wait_for(connector, 41)
    rss = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 for pid in connector.receivers()]
    assert sum(rss) < 100 << 20
