"""PDUs, command sets and file meta headers, byte by byte and with random bytes."""

import io
import socket
import struct
import threading
from ipaddress import ip_network
from pathlib import Path

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE, MaximumLengthNotification
from pynetdicom.presentation import build_context

from treadle.connector.receive import pdu
from treadle.connector.receive.association import Association
from treadle.connector.receive.command import C_ECHO_RQ, Command, data_tf, parse_command, response
from treadle.connector.receive.errors import ReceiveError, RejectError
from treadle.connector.receive.landing import file_meta
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.policy import Peer, Policy, answer_contexts
from treadle.connector.receive.seats import Seats
from treadle.connector.receive.site import Site

LIMITS = Limits(min_free=0, artim_s=2, idle_s=2, max_instance=1 << 20)
STORE = "1.2.840.10008.5.1.4.1.1.4"


def request_bytes(
    *, called: str = "TREADLE", calling: str = "MR1", syntaxes: tuple[str, ...] = ("1.2.840.10008.1.2.1",)
) -> bytes:
    """An A-ASSOCIATE-RQ as pynetdicom writes it."""
    primitive = A_ASSOCIATE()
    primitive.application_context_name = "1.2.840.10008.3.1.1.1"
    primitive.calling_ae_title, primitive.called_ae_title = calling, called
    context = build_context(STORE, list(syntaxes))
    context.context_id = 1
    primitive.presentation_context_definition_list = [context]
    length = MaximumLengthNotification()
    length.maximum_length_received = 16384
    primitive.user_information = [length]
    rq = A_ASSOCIATE_RQ()
    rq.from_primitive(primitive)
    return rq.encode()


def element(number: int, value: bytes) -> bytes:
    return struct.pack("<HHI", 0, number, len(value)) + value


def command_set(field: int = C_ECHO_RQ, *, data_set: int = 0x0101, sop: bytes = b"1.2.3.4\0") -> bytes:
    return (
        element(0x0002, b"1.2.840.10008.1.1\0")
        + element(0x0100, struct.pack("<H", field))
        + element(0x0110, struct.pack("<H", 7))
        + element(0x0800, struct.pack("<H", data_set))
        + element(0x1000, sop)
    )


def test_a_request_is_read() -> None:
    request = pdu.parse_associate_rq(request_bytes()[6:])
    assert (request.called, request.calling, request.max_pdu) == ("TREADLE", "MR1", 16384)
    assert request.contexts[0].abstract_syntax == STORE.encode()


def test_our_acceptance_is_read_by_others() -> None:
    request = pdu.parse_associate_rq(request_bytes()[6:])
    answer = A_ASSOCIATE_AC()
    answer.decode(pdu.associate_ac(request, answers=answer_contexts(request), roles=[], max_pdu=131072))
    assert answer.user_information.maximum_length == 131072
    assert answer.presentation_context[0].result == 0


def test_a_response_repeats_what_the_request_said() -> None:
    command = parse_command(command_set())
    assert command == Command(C_ECHO_RQ, 7, False, b"1.2.840.10008.1.1", b"1.2.3.4")
    answered = pydicom.filereader.read_dataset(
        io.BytesIO(response(command, status=0xA700)), is_implicit_VR=True, is_little_endian=True
    )
    assert (answered.CommandField, answered.Status) == (0x8030, 0xA700)
    assert answered.MessageIDBeingRespondedTo == 7


def test_a_response_respects_a_small_maximum_length() -> None:
    body = response(parse_command(command_set()), status=0)
    raw = data_tf(1, body, max_pdu=20)
    parts = []
    while raw:
        (length,) = struct.unpack(">I", raw[2:6])
        assert length <= 20
        parts.append(raw[12 : 6 + length])
        raw = raw[6 + length :]
    assert b"".join(parts) == body


def test_a_file_meta_header_is_read_by_others() -> None:
    raw = file_meta(
        sop_class=STORE.encode(), sop_instance=b"1.2.3", transfer_syntax=b"1.2.840.10008.1.2", source="MR 1"
    )
    meta = pydicom.dcmread(io.BytesIO(raw)).file_meta
    assert (meta.MediaStorageSOPInstanceUID, meta.SourceApplicationEntityTitle) == ("1.2.3", "MR 1")
    assert meta.FileMetaInformationGroupLength == len(raw) - 144


@pytest.mark.parametrize(("called", "calling", "address", "reason"), [
    ("TREADLE", "MR1", "10.0.0.9", None),
    ("treadle", "MR1", "10.0.0.9", 7),
    ("TREADLE", "MR2", "10.0.0.9", 3),
    ("TREADLE", "MR1", "10.0.1.9", 3),
])  # fmt: skip
def test_titles_and_networks_decide(called: str, calling: str, address: str, reason: int | None) -> None:
    peer = Peer(device="mr1", ae_title="MR1", allow_from=(ip_network("10.0.0.0/24"),))
    policy = Policy(ae_title="TREADLE", peers=(peer,), open_device=None)
    request = pdu.parse_associate_rq(request_bytes(called=called, calling=calling)[6:])
    if reason is None:
        assert policy.peer_of(request, address=address).device == "mr1"
        return
    with pytest.raises(RejectError) as refused:
        policy.peer_of(request, address=address)
    assert (refused.value.result, refused.value.source, refused.value.reason) == (1, 1, reason)


@given(st.binary(max_size=400))
def test_random_bytes_never_break_the_parsers(data: bytes) -> None:
    for parse in (pdu.parse_associate_rq, parse_command):
        try:
            parse(data)
        except ReceiveError:
            continue


@given(st.data())
def test_a_mutated_request_never_breaks_the_parser(data: st.DataObject) -> None:
    raw = bytearray(request_bytes()[6:])
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        answer_contexts(pdu.parse_associate_rq(bytes(raw)))
    except ReceiveError:
        return


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    policy = Policy(ae_title="TREADLE", peers=(), open_device="any")
    spool = tmp_path_factory.mktemp("spool")
    (spool / "arriving").mkdir()
    seats = Seats(spool / "seats", total=20, per_peer=20)
    return Site(
        arriving=spool / "arriving",
        commitments=spool / "commitments",
        policy=policy,
        limits=LIMITS,
        seats=seats,
    )


def serve(site: Site, sent: bytes) -> tuple[str, bytes]:
    """How an association with these bytes ends, and what it answered."""
    ours, theirs = socket.socketpair()
    association = Association(ours, address="127.0.0.1", site=site)
    thread = threading.Thread(target=association.run)
    thread.start()
    theirs.sendall(sent)
    theirs.shutdown(socket.SHUT_WR)
    thread.join(10)
    assert not thread.is_alive()
    ours.close()
    answered = b""
    while chunk := theirs.recv(65536):
        answered += chunk
    theirs.close()
    return association.tally.end, answered


def pdata(*values: tuple[int, bytes], context: int = 1) -> bytes:
    items = b"".join(
        struct.pack(">IBB", len(value) + 2, context, control) + value for control, value in values
    )
    return struct.pack(">BBI", 4, 0, len(items)) + items


STORE_RQ = command_set(0x0001, data_set=0)


@pytest.mark.parametrize(("sent", "why"), [
    (pdata((3, command_set()), context=9), "presentation context was not accepted"),
    (pdata((2, bytes(8))), "expected a command fragment"),
    (pdata((1, bytes(7))), "fragment of odd length"),
    (pdata((3, STORE_RQ)) + pdata((0, bytes(3))), "fragment of odd length"),
    (pdata((3, STORE_RQ)) + pdata((3, bytes(8))), "expected a data set fragment"),
    (pdata((3, STORE_RQ)) + pdata((0, bytes(8))) + bytes((5, 0, 0, 0, 0, 4, 0, 0, 0, 0)), "release inside a message"),
    (b"".join(pdata((1, bytes(16384))) for _ in range(5)), "command set too long"),
    (pdata((3, STORE_RQ)) + b"".join(pdata((0, bytes(65536))) for _ in range(17)), "instance larger than allowed"),
    (struct.pack(">BBI", 4, 0, 200000), "PDU too long"),
    (struct.pack(">BBI", 4, 0, 8) + struct.pack(">IBB", 60000, 1, 3) + b"xx", "PDV length does not fit its PDU"),
    (pdata((3, b"\1\0\0\0\xff\xff\xff\xff")), "malformed command set"),
    (struct.pack(">BBI", 9, 0, 4), "unknown PDU type"),
    (request_bytes(), "unexpected PDU"),
])  # fmt: skip
def test_broken_rules_end_in_an_abort(site: Site, sent: bytes, why: str) -> None:
    end, answered = serve(site, request_bytes() + sent)
    assert end == f"aborted: {why}"
    assert answered[-10] == pdu.ABORT
    assert not [path for path in Path(site.folder("any").path).iterdir() if path.stat().st_size]


def test_an_instance_of_odd_length_is_kept(site: Site) -> None:
    end, answered = serve(site, request_bytes() + pdata((3, STORE_RQ)) + pdata((2, b"abc")))
    assert end == "connection closed"
    assert struct.pack("<HHIH", 0, 0x0900, 2, 0) in answered
    (kept,) = Path(site.folder("any").path).glob("*.dcm")
    assert kept.read_bytes().endswith(b"abc")
    kept.unlink()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000), st.booleans())
def test_random_bytes_never_break_an_association(site: Site, data: bytes, established: bool) -> None:
    serve(site, (request_bytes() if established else b"") + data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mutated_conversation_never_breaks_an_association(site: Site, data: st.DataObject) -> None:
    raw = bytearray(
        request_bytes()
        + pdata((3, STORE_RQ))
        + pdata((2, bytes(100)))
        + bytes((5, 0, 0, 0, 0, 4, 0, 0, 0, 0))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    serve(site, bytes(raw))
