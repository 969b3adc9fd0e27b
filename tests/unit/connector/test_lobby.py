"""Connections that ask for nothing: few, for a short time, and never in anybody's way."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode
from pynetdicom.pdu import A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE, MaximumLengthNotification
from pynetdicom.presentation import build_context

from treadle.connector.receive.association import Association
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.lobby import Lobby
from treadle.connector.receive.policy import Policy
from treadle.connector.receive.seats import Seats
from treadle.connector.receive.site import Site


def pairs(count: int) -> list[tuple[socket.socket, socket.socket]]:
    return [socket.socketpair() for _ in range(count)]


def is_closed(sock: socket.socket) -> bool:
    sock.settimeout(5)
    return sock.recv(1) == b""


def test_a_newcomer_turns_out_the_oldest() -> None:
    lobby = Lobby(most=3, longest_s=600)
    made = pairs(5)
    for ours, _ in made:
        lobby.enter(ours)
    assert is_closed(made[0][1]) and is_closed(made[1][1])
    made[4][0].sendall(b"x")
    assert made[4][1].recv(1) == b"x"


def test_nobody_stays_for_long() -> None:
    lobby = Lobby(most=3, longest_s=0.2)
    ((waiting, peer), (served, client)) = pairs(2)
    lobby.enter(waiting)
    lobby.enter(served)
    lobby.leave(served)
    assert is_closed(peer)
    served.sendall(b"x")
    assert client.recv(1) == b"x"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "arriving").mkdir()
    yield Site(
        arriving=tmp_path / "arriving",
        commitments=tmp_path / "commitments",
        policy=Policy(ae_title="TREADLE", peers=(), open_device="any"),
        limits=Limits(min_free=0, artim_s=1, idle_s=1),
        seats=Seats(tmp_path / "seats", total=1, per_peer=1),
    )


def request() -> bytes:
    primitive = A_ASSOCIATE()
    primitive.application_context_name = "1.2.840.10008.3.1.1.1"
    primitive.calling_ae_title, primitive.called_ae_title = "MR", "TREADLE"
    context = build_context("1.2.840.10008.1.1")
    context.context_id = 1
    primitive.presentation_context_definition_list = [context]
    length = MaximumLengthNotification()
    length.maximum_length_received = 16384
    primitive.user_information = [length]
    rq = A_ASSOCIATE_RQ()
    rq.from_primitive(primitive)
    return rq.encode()


def pdv(value: bytes, *, control: int) -> bytes:
    """A P-DATA-TF PDU with one fragment."""
    return struct.pack(">BBIIBB", 4, 0, len(value) + 6, len(value) + 2, 1, control) + value


def command(elements: dict[str, object]) -> bytes:
    dataset = Dataset()
    for keyword, value in {**elements, "MessageID": 1}.items():
        setattr(dataset, keyword, value)
    return encode(dataset, True, True)


def drops(data: bytes) -> list[bytes]:
    return [bytes((byte,)) for byte in data]


def trickle(site: Site, first: bytes, rest: list[bytes], *, for_s: float) -> tuple[str, float]:
    """How an association ends, and after how long, whose peer sends `rest` a piece at a time."""
    ours, theirs = socket.socketpair()
    association = Association(ours, address="127.0.0.1", site=site)
    thread = threading.Thread(target=association.run)
    began = time.monotonic()
    thread.start()
    theirs.sendall(first)
    for piece in rest:
        if not thread.is_alive() or time.monotonic() - began > for_s:
            break
        theirs.sendall(piece)
        time.sleep(0.2)
    thread.join(5)
    assert not thread.is_alive()
    ours.close()
    theirs.close()
    return association.tally.end, time.monotonic() - began


def test_a_request_that_drips_in_is_aborted_in_time(site: Site) -> None:
    end, took = trickle(site, b"", drops(request()), for_s=20)
    assert end == "aborted: timeout"
    assert took < 4


def test_a_pdu_that_drips_in_is_aborted_in_time(site: Site) -> None:
    end, took = trickle(site, request() + struct.pack(">BBI", 4, 0, 60000), drops(bytes(200)), for_s=20)
    assert end == "aborted: timeout"
    assert took < 4


@pytest.mark.parametrize("control", [1, 0])
def test_a_message_of_tiny_pdus_is_aborted_in_time(site: Site, control: int) -> None:
    """Each PDU comes in time and is whole; command (1) or data (0), the message never ends."""
    echo = command(
        {"AffectedSOPClassUID": "1.2.840.10008.1.1", "CommandField": 0x30, "CommandDataSetType": 0}
    )
    first = request() + (pdv(echo, control=3) if control == 0 else b"")
    end, took = trickle(site, first, [pdv(b"", control=control)] * 100, for_s=20)
    assert end == "aborted: message too slow"
    assert took < 4


def test_a_seat_is_taken_by_those_who_may_send_only_and_given_back(site: Site) -> None:
    release = bytes((5, 0, 0, 0, 0, 4, 0, 0, 0, 0))
    assert (
        trickle(site, request().replace(b"TREADLE", b"ANOTHER"), [], for_s=1)[0]
        == "rejected: called AE title"
    )
    assert trickle(site, request() + release, [], for_s=1)[0] == "released"
    taken = site.seats.take("127.0.0.1")
    assert taken is not None
    assert trickle(site, request(), [], for_s=1)[0] == "rejected: too many associations"
    site.seats.give_back(taken)
    assert trickle(site, request() + release, [], for_s=1)[0] == "released"
