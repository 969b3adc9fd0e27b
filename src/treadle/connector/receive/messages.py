"""DIMSE messages out of P-DATA-TF PDUs: command set, perhaps data set, both in fragments (PS3.8 annex E)."""

from collections.abc import Iterator
from struct import Struct
from time import monotonic

from treadle.connector.receive import pdu
from treadle.connector.receive.command import Command, parse_command
from treadle.connector.receive.errors import INVALID_PARAMETER, UNEXPECTED_PDU, AbortError, PeerGoneError
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.wire import Wire

_PDV = Struct(">IBB")
_IS_COMMAND, _IS_LAST = 0x01, 0x02


class Messages:
    """Reads messages from `wire`; what `data` yields is valid until its next item."""

    def __init__(self, wire: Wire, limits: Limits) -> None:
        self._wire = wire
        self._max_command = limits.max_command
        self._pace = Pace(limits)
        self._at = 0
        self._end = 0

    def command(self) -> tuple[int, Command] | None:
        """Presentation context and command of the next message; None when the peer asks for release."""
        body = bytearray()
        first_context = None
        self._pace.rest()
        while (fragment := self._fragment()) is not None:
            context, control, value = fragment
            if not control & _IS_COMMAND or first_context not in (None, context):
                raise AbortError("expected a command fragment", reason=UNEXPECTED_PDU)
            _check_length(value, control)
            first_context = context
            body += value
            if len(body) > self._max_command:
                raise AbortError("command set too long", reason=INVALID_PARAMETER)
            if control & _IS_LAST:
                return context, parse_command(bytes(body))
        if body:
            raise AbortError("release inside a message", reason=UNEXPECTED_PDU)
        return None

    def data(self, context: int) -> Iterator[memoryview]:
        """The fragments of the data set that follows the command just read."""
        while (fragment := self._fragment()) is not None:
            this_context, control, value = fragment
            if control & _IS_COMMAND or this_context != context:
                raise AbortError("expected a data set fragment", reason=UNEXPECTED_PDU)
            _check_length(value, control)
            yield value
            if control & _IS_LAST:
                return
        raise AbortError("release inside a message", reason=UNEXPECTED_PDU)

    def _fragment(self) -> tuple[int, int, memoryview] | None:
        if self._at >= self._end and not self._next_data_pdu():
            return None
        if self._at + 6 > self._end:
            raise AbortError("PDV header cut off", reason=INVALID_PARAMETER)
        length, context, control = _PDV.unpack_from(self._wire.view, self._at)
        start = self._at + 6
        self._at += 4 + length
        if length < 2 or self._at > self._end:
            raise AbortError("PDV length does not fit its PDU", reason=INVALID_PARAMETER)
        self._pace.keep(length - 2)
        return context, control, self._wire.view[start : self._at]

    def _next_data_pdu(self) -> bool:
        kind, self._at, self._end = self._wire.next_pdu()
        if kind == pdu.DATA_TF:
            return True
        self._at = self._end
        if kind == pdu.ABORT:
            raise PeerGoneError("aborted by the peer")
        if kind != pdu.RELEASE_RQ:
            raise AbortError("unexpected PDU", reason=UNEXPECTED_PDU)
        return False


class Pace:
    """Aborts a message that comes too slowly: tiny PDUs, each of them in time, would hold a seat for ever."""

    def __init__(self, limits: Limits) -> None:
        self._span_s = limits.idle_s
        self._least = limits.min_rate * limits.idle_s
        self._ends_at: float | None = None
        self._size = 0

    def rest(self) -> None:
        """Nothing is expected: between messages the idle time bounds the wait."""
        self._ends_at = None

    def keep(self, size: int) -> None:
        """So many more bytes of a message have come; every span has to bring its share."""
        now = monotonic()
        if self._ends_at is not None and now <= self._ends_at:
            self._size += size
            return
        if self._ends_at is not None and self._size + size < self._least:
            raise AbortError("message too slow")
        self._ends_at, self._size = now + self._span_s, size


def _check_length(value: memoryview, control: int) -> None:
    # PS3.8 annex E asks for even fragments. An odd end of a data set is the sender's data and is kept.
    if len(value) % 2 and control & (_IS_COMMAND | _IS_LAST) != _IS_LAST:
        raise AbortError("fragment of odd length", reason=INVALID_PARAMETER)
