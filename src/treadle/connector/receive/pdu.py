"""Upper layer PDUs as bytes: reads an A-ASSOCIATE-RQ, writes all that we answer (PS3.8 section 9.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack_from

from treadle.connector.receive.errors import INVALID_PARAMETER, AbortError

ASSOCIATE_RQ, ASSOCIATE_AC, ASSOCIATE_RJ = 0x01, 0x02, 0x03
DATA_TF, RELEASE_RQ, RELEASE_RP, ABORT = 0x04, 0x05, 0x06, 0x07

APPLICATION_CONTEXT = b"1.2.840.10008.3.1.1.1"
IMPLEMENTATION_UID = b"2.25.219164823670285914033724571183460951277"
IMPLEMENTATION_NAME = b"TREADLE"

_FIXED = 68  # protocol version, reserved, both titles, 32 reserved bytes


@dataclass(frozen=True)
class ProposedContext:
    """One presentation context as the sender asked for it."""

    id: int
    abstract_syntax: bytes
    transfer_syntaxes: tuple[bytes, ...]


@dataclass(frozen=True)
class Role:
    """SCP/SCU role selection the sender asked for."""

    sop_class: bytes
    scu: int
    scp: int


@dataclass(frozen=True)
class AssociateRequest:
    """What an A-ASSOCIATE-RQ says."""

    version: int
    called: str
    calling: str
    titles: bytes
    application_context: bytes
    contexts: tuple[ProposedContext, ...]
    max_pdu: int
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class ContextAnswer:
    """Our answer to one presentation context; result 0 accepts."""

    id: int
    result: int
    abstract_syntax: bytes
    transfer_syntax: bytes


def parse_associate_rq(body: bytes) -> AssociateRequest:
    """The request in `body` (without the six header bytes); AbortError if it is malformed."""
    if len(body) < _FIXED:
        raise AbortError("association request too short", reason=INVALID_PARAMETER)
    (version,) = unpack_from(">H", body)
    contexts: list[ProposedContext] = []
    application = b""
    max_pdu = 0
    roles: list[Role] = []
    for kind, value in _items(body, _FIXED, len(body)):
        if kind == 0x10:
            application = _uid(value)
        elif kind == 0x20:
            contexts.append(_context(value))
        elif kind == 0x50:
            max_pdu, roles = _user_information(value)
    _check_context_ids(contexts)
    return AssociateRequest(
        version=version,
        called=_title(body[4:20]),
        calling=_title(body[20:36]),
        titles=body[4:36],
        application_context=application,
        contexts=tuple(contexts),
        max_pdu=max_pdu,
        roles=tuple(roles),
    )


def _check_context_ids(contexts: list[ProposedContext]) -> None:
    ids = [c.id for c in contexts]
    if not ids or len(set(ids)) != len(ids) or not all(i % 2 for i in ids):
        raise AbortError("presentation context ids must be odd and unique", reason=INVALID_PARAMETER)


def _items(data: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    while start < end:
        if start + 4 > end:
            raise AbortError("item header cut off", reason=INVALID_PARAMETER)
        kind, _, length = unpack_from(">BBH", data, start)
        start += 4
        if start + length > end:
            raise AbortError("item longer than its PDU", reason=INVALID_PARAMETER)
        yield kind, data[start : start + length]
        start += length


def _context(value: bytes) -> ProposedContext:
    if len(value) < 4:
        raise AbortError("presentation context too short", reason=INVALID_PARAMETER)
    abstract, transfers = b"", []
    for kind, item in _items(value, 4, len(value)):
        if kind == 0x30:
            abstract = _uid(item)
        elif kind == 0x40:
            transfers.append(_uid(item))
    return ProposedContext(id=value[0], abstract_syntax=abstract, transfer_syntaxes=tuple(transfers))


def _user_information(value: bytes) -> tuple[int, list[Role]]:
    max_pdu = 0
    roles: list[Role] = []
    for kind, item in _items(value, 0, len(value)):
        if kind == 0x51 and len(item) == 4:
            (max_pdu,) = unpack_from(">I", item)
        elif kind == 0x54:
            roles.append(_role(item))
    return max_pdu, roles


def _role(item: bytes) -> Role:
    if len(item) < 4:
        raise AbortError("role selection too short", reason=INVALID_PARAMETER)
    (length,) = unpack_from(">H", item)
    if len(item) != length + 4:
        raise AbortError("role selection length wrong", reason=INVALID_PARAMETER)
    return Role(sop_class=_uid(item[2 : 2 + length]), scu=item[-2], scp=item[-1])


def _uid(value: bytes) -> bytes:
    return value.rstrip(b"\0 ")


def _title(value: bytes) -> str:
    return value.decode("ascii", "replace").strip(" \0")


def associate_ac(
    request: AssociateRequest, *, answers: list[ContextAnswer], roles: list[Role], max_pdu: int
) -> bytes:
    """The A-ASSOCIATE-AC that accepts `request`."""
    user = _item(0x51, pack(">I", max_pdu)) + _item(0x52, IMPLEMENTATION_UID)
    for role in roles:
        name = role.sop_class
        user += _item(0x54, pack(">H", len(name)) + name + bytes((role.scu, role.scp)))
    user += _item(0x55, IMPLEMENTATION_NAME)
    body = pack(">HH", 1, 0) + request.titles + bytes(32) + _item(0x10, APPLICATION_CONTEXT)
    for answer in answers:
        body += _item(0x21, bytes((answer.id, 0, answer.result, 0)) + _item(0x40, answer.transfer_syntax))
    return _pdu(ASSOCIATE_AC, body + _item(0x50, user))


def associate_rj(*, result: int, source: int, reason: int) -> bytes:
    """The A-ASSOCIATE-RJ with these codes."""
    return _pdu(ASSOCIATE_RJ, bytes((0, result, source, reason)))


def abort(*, source: int, reason: int) -> bytes:
    """An A-ABORT."""
    return _pdu(ABORT, bytes((0, 0, source, reason)))


def release_rp() -> bytes:
    """The answer to an A-RELEASE-RQ."""
    return _pdu(RELEASE_RP, bytes(4))


def _item(kind: int, value: bytes) -> bytes:
    return pack(">BBH", kind, 0, len(value)) + value


def _pdu(kind: int, body: bytes) -> bytes:
    return pack(">BBI", kind, 0, len(body)) + body
