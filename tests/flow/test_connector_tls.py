"""The TLS port against DCMTK's storescu, and devices that are taken over while associations are open."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connector_kit import Door, acknowledged, make_instances, send
from edge_kit import Certificates, Edge
from pynetdicom import AE
from pynetdicom.sop_class import Verification

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
ROOT = "1.2.826.0.1.3680043.10.77"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    door = Door(tmp_path_factory.mktemp("tls") / "door")
    door.start()
    yield door
    door.kill()


@pytest.fixture
def make_edge(tmp_path: Path, door: Door, certificates: Certificates) -> Iterator[Callable[..., Edge]]:
    made: list[Edge] = []

    def make(client_auth: str = "required", **listen: object) -> Edge:
        tls = {
            "cert": str(certificates.cert("server")), "key": str(certificates.key("server")),
            "ca": str(certificates.cert("ca")), "client_auth": client_auth,
        }  # fmt: skip
        devices = [
            {"id": "mr", "ae_title": "MR"},
            {"id": "secure", "ae_title": "SECURE", "push": {"tls": "required"}},
        ]
        edge = Edge(tmp_path, door, {"listen": {"tls": tls, **listen}, "devices": devices})
        made.append(edge)
        edge.start()
        return edge

    yield make
    for edge in made:
        edge.kill()


def with_key(certificates: Certificates, name: str) -> list[str]:
    return [
        "+tls",
        str(certificates.key(name)),
        str(certificates.cert(name)),
        "+cf",
        str(certificates.cert("ca")),
    ]


def sent(edge: Edge, folder: Path, *options: str, aet: str = "MR", port: int | None = None) -> int:
    """How many of two instances the receiver acknowledges."""
    files = make_instances(folder, 2, root=ROOT)
    return len(acknowledged(send(files, port or edge.tls_port, "-aet", aet, *options)))


def test_a_mutual_handshake_is_needed_by_default(
    make_edge: Callable[..., Edge], certificates: Certificates, tmp_path: Path, door: Door
) -> None:
    edge = make_edge()
    assert sent(edge, tmp_path / "a", *with_key(certificates, "scanner"), aet="SECURE") == 2
    wait_until(lambda: len(door.sops()) == 2, what="upload")
    anonymous = ["+tla", "+cf", str(certificates.cert("ca"))]
    assert sent(edge, tmp_path / "b", *anonymous) == 0
    assert sent(edge, tmp_path / "c", *with_key(certificates, "outsider")) == 0
    assert sent(edge, tmp_path / "d") == 0  # no TLS at all
    wait_until(lambda: len(refusals(edge)) == 3, what="all three are told")
    assert all(end.startswith("rejected: TLS: ") for end in refusals(edge))


def refusals(edge: Edge) -> list[str]:
    return [line["end"] for line in edge.events("association") if line["end"].startswith("rejected")]


def test_a_device_that_needs_tls_is_refused_on_the_plain_port(
    make_edge: Callable[..., Edge], tmp_path: Path
) -> None:
    edge = make_edge()
    assert sent(edge, tmp_path / "a", port=edge.port) == 2
    assert sent(edge, tmp_path / "b", port=edge.port, aet="SECURE") == 0
    wait_until(lambda: refusals(edge) == ["rejected: calling AE title"], what="the refusal is told")


@pytest.mark.parametrize("client_auth", ["optional", "none"])
def test_certificates_of_senders_may_be_left_out(
    make_edge: Callable[..., Edge], certificates: Certificates, tmp_path: Path, client_auth: str
) -> None:
    edge = make_edge(client_auth, plain=False)
    assert sent(edge, tmp_path / "a", "+tla", "+cf", str(certificates.cert("ca"))) == 2
    wrong = sent(edge, tmp_path / "b", *with_key(certificates, "outsider"))
    assert wrong == (0 if client_auth == "optional" else 2)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", edge.port)) != 0


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(make_edge: Callable[..., Edge], certificates: Certificates) -> None:
    edge = make_edge("none")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    for version, is_spoken in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version
        try:
            with (
                socket.create_connection(("127.0.0.1", edge.tls_port)) as raw,
                context.wrap_socket(raw) as peer,
            ):
                spoken = peer.version() == "TLSv1.2"
        except (ssl.SSLError, ConnectionError):
            spoken = False
        assert spoken == is_spoken


def test_devices_are_read_again_without_dropping_associations(make_edge: Callable[..., Edge]) -> None:
    edge = make_edge("none")
    sender = AE("MR")
    sender.add_requested_context(Verification)
    association = sender.associate("127.0.0.1", edge.port, ae_title="TREADLE")
    assert association.send_c_echo().Status == 0x0000
    newcomer = AE("CT")
    newcomer.add_requested_context(Verification)
    assert not newcomer.associate("127.0.0.1", edge.port, ae_title="TREADLE").is_established
    edge.document["devices"] = [{"id": "ct", "ae_title": "CT"}]
    edge.reload()
    assert association.send_c_echo().Status == 0x0000
    association.release()

    def is_welcome(ae: AE) -> bool:
        found = ae.associate("127.0.0.1", edge.port, ae_title="TREADLE")
        is_established = found.is_established
        if is_established:
            found.release()
        return is_established

    wait_until(lambda: is_welcome(newcomer), what="the new device")
    assert not is_welcome(sender)
    edge.document["devices"] = [{"id": "ct", "ae_titel": "CT"}]
    edge.reload()
    assert "did you mean 'ae_title'" in edge.events("not reloaded")[0]["reason"]
    assert is_welcome(newcomer)
    assert edge.stop() == 0


def test_unusable_certificates_are_told_in_one_line(tmp_path: Path, door: Door) -> None:
    tls = {"cert": "missing.pem", "key": "missing.key", "client_auth": "none"}
    edge = Edge(tmp_path, door, {"listen": {"tls": tls}})
    done = edge.command("check-config")
    assert done.returncode == 1
    assert done.stderr.startswith("treadle: listen.tls: ") and len(done.stderr.splitlines()) == 1
