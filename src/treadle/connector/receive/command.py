"""DIMSE command sets as bytes: reads requests, writes responses (PS3.7 annex E, implicit little endian)."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, pack

from treadle.connector.receive.errors import INVALID_PARAMETER, AbortError
from treadle.connector.receive.pdu import DATA_TF

C_STORE_RQ, C_ECHO_RQ, N_ACTION_RQ, C_CANCEL_RQ = 0x0001, 0x0030, 0x0130, 0x0FFF
RESPONSE = 0x8000
NO_DATA_SET = 0x0101

SUCCESS = 0x0000
PROCESSING_FAILURE = 0x0110
SOP_CLASS_NOT_SUPPORTED = 0x0122
UNRECOGNIZED_OPERATION = 0x0211
OUT_OF_RESOURCES = 0xA700

_ELEMENT = Struct("<HHI")
_US = Struct("<H")
_FIELD, _MESSAGE_ID, _DATA_SET_TYPE = 0x0100, 0x0110, 0x0800
_SOP_CLASS, _SOP_INSTANCE = 0x0002, 0x1000
_REQUESTED_SOP_CLASS, _REQUESTED_SOP_INSTANCE = 0x0003, 0x1001  # what N-ACTION calls them


@dataclass(frozen=True, slots=True)
class Command:
    """The fields of a request that the receiver acts on."""

    field: int
    message_id: int
    has_data_set: bool
    sop_class: bytes
    sop_instance: bytes


def parse_command(data: bytes) -> Command:
    """The request in a complete command set; AbortError if it is malformed."""
    values: dict[int, bytes] = {}
    at, end = 0, len(data)
    while at < end:
        if at + 8 > end:
            raise AbortError("command element cut off", reason=INVALID_PARAMETER)
        group, element, length = _ELEMENT.unpack_from(data, at)
        at += 8
        if group != 0 or at + length > end:
            raise AbortError("malformed command set", reason=INVALID_PARAMETER)
        values[element] = data[at : at + length]
        at += length
    field = _us(values, _FIELD)
    return Command(
        field=field,
        message_id=0 if field == C_CANCEL_RQ else _us(values, _MESSAGE_ID),
        has_data_set=_us(values, _DATA_SET_TYPE) != NO_DATA_SET,
        sop_class=(values.get(_SOP_CLASS) or values.get(_REQUESTED_SOP_CLASS, b"")).rstrip(b"\0 "),
        sop_instance=(values.get(_SOP_INSTANCE) or values.get(_REQUESTED_SOP_INSTANCE, b"")).rstrip(b"\0 "),
    )


def _us(values: dict[int, bytes], element: int) -> int:
    value = values.get(element, b"")
    if len(value) != 2:
        raise AbortError("command field missing or of wrong size", reason=INVALID_PARAMETER)
    return int(_US.unpack(value)[0])


def response(command: Command, *, status: int) -> bytes:
    """The command set that answers `command`."""
    body = b"".join(_response_elements(command, status))
    return pack("<HHII", 0, 0, 4, len(body)) + body


def _response_elements(command: Command, status: int) -> Iterator[bytes]:
    # 64 is the longest legal UID: a longer one is not sent back
    if 0 < len(command.sop_class) <= 64:
        yield _uid_element(_SOP_CLASS, command.sop_class)
    yield pack("<HHIH", 0, _FIELD, 2, command.field | RESPONSE)
    yield pack("<HHIH", 0, 0x0120, 2, command.message_id)
    yield pack("<HHIH", 0, _DATA_SET_TYPE, 2, NO_DATA_SET)
    yield pack("<HHIH", 0, 0x0900, 2, status)
    if 0 < len(command.sop_instance) <= 64:
        yield _uid_element(_SOP_INSTANCE, command.sop_instance)


def _uid_element(element: int, uid: bytes) -> bytes:
    padded = uid + b"\0" if len(uid) % 2 else uid
    return pack("<HHI", 0, element, len(padded)) + padded


def data_tf(context_id: int, command_set: bytes, *, max_pdu: int) -> bytes:
    """P-DATA-TF PDUs with a whole command set, each within the peer's maximum length (0 = no maximum)."""
    step = max(2, (max_pdu - 6) & ~1) if max_pdu else len(command_set)
    pdus = []
    for at in range(0, len(command_set), step):
        part = command_set[at : at + step]
        last = 0x02 if at + step >= len(command_set) else 0x00
        pdus.append(pack(">BBIIBB", DATA_TF, 0, len(part) + 6, len(part) + 2, context_id, 0x01 | last) + part)
    return b"".join(pdus)
