"""PDUs from a socket: one buffer per association, filled by recv_into and parsed in place."""

import socket
from struct import Struct, pack
from time import monotonic

from treadle.connector.receive.errors import INVALID_PARAMETER, UNRECOGNIZED_PDU, AbortError, PeerGoneError
from treadle.connector.receive.pdu import ABORT, ASSOCIATE_RQ, DATA_TF, RELEASE_RP

_HEADER = Struct(">BxI")
_BUFFER = 1 << 20
_NEVER = float("inf")


class Wire:
    """Reads whole PDUs from, and writes bytes to, one connection."""

    def __init__(self, sock: socket.socket, *, max_pdu: int, max_request: int) -> None:
        self._sock = sock
        self._buffer = bytearray(_BUFFER)
        self.view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._max = {ASSOCIATE_RQ: max_request, DATA_TF: max_pdu}
        self._deadline = _NEVER
        self._pdu_s = _NEVER

    def set_timeout(self, seconds: float, *, in_total: bool = False) -> None:
        """Fail a read that waits longer than `seconds`, and a PDU that takes longer from its header on.

        `in_total` counts from now over all reads.
        """
        if self._sock.gettimeout() is not None:  # TLS, which would wait on for ever
            self._sock.settimeout(seconds)
        else:  # kernel timeouts cost no poll() per read
            value = pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)
        self._deadline = monotonic() + seconds if in_total else _NEVER
        self._pdu_s = _NEVER if in_total else seconds

    def next_pdu(self) -> tuple[int, int, int]:
        """Kind, start and end of the next PDU's body in `view`; valid until the next call."""
        self._fill(6)
        kind, length = _HEADER.unpack_from(self._buffer, self._start)
        if not 0 < kind <= ABORT:
            raise AbortError("unknown PDU type", reason=UNRECOGNIZED_PDU)
        if length > self._max.get(kind, 4 if kind >= RELEASE_RP - 1 else 0):
            raise AbortError("PDU too long", reason=INVALID_PARAMETER)
        if self._end - self._start < 6 + length and self._pdu_s is not _NEVER:
            self._deadline = monotonic() + self._pdu_s
            self._fill(6 + length)
            self._deadline = _NEVER
        else:
            self._fill(6 + length)
        start = self._start + 6
        self._start = start + length
        return kind, start, self._start

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise PeerGoneError("connection lost while sending") from error

    def _fill(self, size: int) -> None:
        have = self._end - self._start
        if have >= size:
            return
        if have == 0 or self._start + size > _BUFFER:
            self._buffer[:have] = self._buffer[self._start : self._end]
            self._start, self._end = 0, have
        while self._end - self._start < size:
            self._receive()

    def _receive(self) -> None:
        if monotonic() > self._deadline:
            raise AbortError("timeout")
        try:
            count = self._sock.recv_into(self.view[self._end :])
        except (BlockingIOError, TimeoutError) as error:
            raise AbortError("timeout") from error
        except OSError as error:
            raise PeerGoneError("connection lost") from error
        if count == 0:
            raise PeerGoneError("connection closed")
        self._end += count
