"""Images asked for as people set it up at the edge: one round by hand or by cron, a file read again, TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from connector_kit import Door, make_instances
from edge_kit import Certificates, Edge
from pull_peers import Orthanc

from treadle.testing.ports import is_open
from treadle.testing.waiting import wait_until

pytestmark = pytest.mark.peer
ROOT = "1.2.826.0.1.3680043.10.88"


def device(orthanc: Orthanc, **pull: Any) -> dict[str, Any]:
    polled = {"poll_interval": "1s", "lookback_days": 10_000, **pull}
    return {"id": "pacs", "mode": "pull", "ae_title": "ORTHANC", "host": "127.0.0.1", "port": orthanc.port,
            "pull": polled}  # fmt: skip


@pytest.fixture
def edge(tmp_path: Path, door: Door, mover: int) -> Iterator[Edge]:
    edge = Edge(tmp_path, door, {"devices": [{"id": "mr", "ae_title": "MR"}]}, port=mover)
    yield edge
    edge.kill()


@pytest.mark.parametrize("retrieve", ["move", "get"])
def test_one_round_asks_fetches_delivers_and_ends(
    edge: Edge, orthanc: Orthanc, door: Door, tmp_path: Path, retrieve: str
) -> None:
    orthanc.store(make_instances(tmp_path / "in", 3, series=2, root=ROOT))
    edge.document["devices"] = [device(orthanc, retrieve=retrieve)]
    done = edge.command("run", "--once")
    assert done.returncode == 0, done.stderr
    assert len(door.sops()) == 6
    assert not is_open(edge.port)
    again = edge.command("run", "--once")
    assert again.returncode == 0 and '"retrieved"' not in again.stderr


def test_a_round_that_cannot_ask_says_so_and_leaves_the_rest_for_the_next(
    edge: Edge, orthanc: Orthanc, door: Door, tmp_path: Path
) -> None:
    orthanc.store(make_instances(tmp_path / "in", 2, root=ROOT))
    away = {**device(orthanc), "id": "away", "ae_title": "AWAY", "port": edge.tls_port}
    edge.document["devices"] = [device(orthanc), away]
    done = edge.command("run", "--once")
    assert done.returncode == 1
    assert "AWAY at 127.0.0.1" in done.stderr and "does not answer" in done.stderr
    assert len(door.sops()) == 2


def test_a_file_read_again_begins_and_ends_pulling(
    edge: Edge, orthanc: Orthanc, door: Door, tmp_path: Path
) -> None:
    edge.start()
    orthanc.store(make_instances(tmp_path / "a", 2, root=ROOT))
    edge.document["devices"].append(device(orthanc))
    edge.reload()
    wait_until(lambda: len(door.sops()) == 2, what="the new device is pulled from")
    edge.document["devices"] = [device(orthanc, retrieve="get")]
    edge.reload()
    orthanc.store(make_instances(tmp_path / "b", 2, root=f"{ROOT}.7"))
    wait_until(lambda: len(door.sops()) == 4, what="the changed device is pulled from")
    edge.document["devices"] = [{"id": "mr", "ae_title": "MR"}]
    edge.reload()
    found = len(edge.events("discovered"))
    orthanc.store(make_instances(tmp_path / "c", 2, root=f"{ROOT}.8"))
    assert edge.stop() == 0
    assert len(edge.events("discovered")) == found


@pytest.fixture(scope="module")
def secure_orthanc(
    program: Callable[[str], str],
    mover: int,
    certificates: Certificates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Orthanc]:
    """An Orthanc with two instances that speaks TLS only, in both directions, and wants to see a certificate."""
    folder = tmp_path_factory.mktemp("secure")
    options = {
        "DicomTlsEnabled": True,
        "DicomTlsCertificate": str(certificates.cert("scanner")),
        "DicomTlsPrivateKey": str(certificates.key("scanner")),
        "DicomTlsTrustedCertificates": str(certificates.cert("ca")),
        "DicomTlsRemoteCertificateRequired": True,
        "DicomModalities": {"t": {"AET": "TREADLE", "Host": "127.0.0.1", "Port": mover, "UseDicomTls": True}},
    }
    orthanc = Orthanc(program("Orthanc"), folder / "orthanc", mover, options=options)
    orthanc.start()
    for file in make_instances(folder / "in", 2, root=ROOT):
        httpx.post(f"{orthanc.url}/instances", content=file.read_bytes()).raise_for_status()
    yield orthanc
    orthanc.kill()


@pytest.mark.parametrize("retrieve", ["move", "get"])
def test_a_source_is_asked_over_tls(
    edge: Edge, secure_orthanc: Orthanc, certificates: Certificates, door: Door, retrieve: str
) -> None:
    """Query, retrieval and, for `move`, the way back are all TLS with certificates on both sides."""
    tls = files(certificates)
    edge.tls_port = edge.port
    edge.document["listen"] = {"plain": False, "tls": {**tls, "client_auth": "required"}}
    edge.document["devices"] = [
        device(secure_orthanc, retrieve=retrieve, tls={**tls, "server_name": "scanner"})
    ]
    assert edge.command("echo", "pacs").returncode == 0
    done = edge.command("run", "--once")
    assert done.returncode == 0, done.stderr
    assert len(door.sops()) == 2


@pytest.mark.parametrize(("tls", "told"), [
    ({"ca": "stranger"}, "do not agree on TLS: "),
    ({"ca": "ca", "server_name": "elsewhere"}, "Hostname mismatch"),
    ({"ca": "ca", "cert": None, "key": None}, "does it trust the certificate we show?"),
    ({"ca": "ca", "cert": "outsider", "key": "outsider"}, "does it trust the certificate we show?"),
    (None, "does not answer"),
])  # fmt: skip
def test_the_wrong_certificate_is_told(
    edge: Edge, secure_orthanc: Orthanc, certificates: Certificates, tls: dict[str, Any] | None, told: str
) -> None:
    edge.document["devices"] = [device(secure_orthanc, tls=tls and files(certificates, **tls))]
    done = edge.command("echo", "pacs")
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("tls", "told"), [
    ({"ca": "gone.pem"}, "devices.pacs.pull.tls: {folder}/gone.pem: No such file"),
    ({"cert": "c.pem", "key": "c.key"}, "devices[0].pull.tls.ca: a text is needed here"),
    ({"ca": "connector.yaml", "cert": "c.pem"}, "devices[0].pull.tls: cert and key: both are needed"),
    ({"ca": "connector.yaml"}, "devices.pacs.pull.tls: "),
    ({"ca": "gone.pem", "verify": False}, "devices[0].pull.tls.verify: unknown key"),
])  # fmt: skip
def test_unusable_certificates_of_a_pull_are_found_beforehand(
    edge: Edge, orthanc: Orthanc, tls: dict[str, Any], told: str
) -> None:
    edge.document["devices"] = [device(orthanc, tls=tls)]
    done = edge.command("check-config")
    assert done.returncode == 1
    assert told.format(folder=edge.folder) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def files(certificates: Certificates, *, ca: str = "ca", **names: str | None) -> dict[str, Any]:
    """What stands in the file: an authority, and whose certificate we show (none: without)."""
    cert, key = names.get("cert", "server"), names.get("key", "server")
    found = {
        "ca": str(certificates.cert(ca)),
        "cert": str(certificates.cert(cert)) if cert else None,
        "key": str(certificates.key(key)) if key else None,
    }
    return {**found, **({"server_name": names["server_name"]} if "server_name" in names else {})}
