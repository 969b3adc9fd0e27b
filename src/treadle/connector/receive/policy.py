"""Who may send, and what: decides an association request."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from treadle.connector.receive.errors import RejectError
from treadle.connector.receive.pdu import (
    APPLICATION_CONTEXT,
    AssociateRequest,
    ContextAnswer,
    ProposedContext,
    Role,
)

VERIFICATION = b"1.2.840.10008.1.1"
COMMITMENT = b"1.2.840.10008.1.20.1"
IMPLICIT_LE = b"1.2.840.10008.1.2"
EXPLICIT_LE = b"1.2.840.10008.1.2.1"

# Any SOP class is stored, private and unknown ones too, except those known to be other services.
_NOT_STORAGE = (
    b"1.2.840.10008.1.20.",  # storage commitment
    b"1.2.840.10008.1.40",  # procedural event logging
    b"1.2.840.10008.1.42",  # substance administration logging
    b"1.2.840.10008.3.1.2.",  # detached management, MPPS
    b"1.2.840.10008.5.1.1.",  # print
    b"1.2.840.10008.5.1.4.1.2.",  # query/retrieve
    b"1.2.840.10008.5.1.4.31",  # modality worklist
    b"1.2.840.10008.5.1.4.32",  # general purpose worklist
    b"1.2.840.10008.5.1.4.33",  # instance availability
    b"1.2.840.10008.5.1.4.34.4",  # unified procedure step, trial
    b"1.2.840.10008.5.1.4.34.6",  # unified procedure step
    b"1.2.840.10008.5.1.4.37.",  # relevant patient information
    b"1.2.840.10008.5.1.4.41",  # product characteristics
    b"1.2.840.10008.5.1.4.42",  # substance approval
)
# Rank after explicit little endian: uncompressed forms, pixels kept elsewhere (JPIP), private byte order.
_LAST = frozenset(
    (
        IMPLICIT_LE,
        b"1.2.840.10008.1.2.2",
        b"1.2.840.10008.1.2.1.99",
        b"1.2.840.10008.1.2.4.94",
        b"1.2.840.10008.1.2.4.95",
        b"1.2.840.10008.1.2.4.204",
        b"1.2.840.10008.1.2.4.205",
        b"1.2.840.113619.5.2",
    )
)

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Peer:
    """A device that may send: its AE title, the networks it may come from, and what it needs."""

    device: str
    ae_title: str
    allow_from: tuple[Network, ...] = ()
    needs_tls: bool = False
    commitment: bool = False

    @classmethod
    def of(
        cls,
        *,
        device: str,
        ae_title: str,
        allow_from: list[str],
        needs_tls: bool = False,
        commitment: bool = False,
    ) -> "Peer":
        """The peer with `allow_from` given as text, for instance `10.0.1.30/32`."""
        return cls(
            device=device,
            ae_title=ae_title.strip(),
            allow_from=tuple(map(ip_network, allow_from)),
            needs_tls=needs_tls,
            commitment=commitment,
        )

    def matches(self, *, calling: str, address: str, secure: bool) -> bool:
        """Whether a sender of this title at this address is that device."""
        if calling != self.ae_title or (self.needs_tls and not secure):
            return False
        return not self.allow_from or any(ip_address(address) in network for network in self.allow_from)


@dataclass(frozen=True)
class Policy:
    """Our title, the devices known, and the name for all other senders if they may send too."""

    ae_title: str
    peers: tuple[Peer, ...]
    open_device: str | None

    def peer_of(self, request: AssociateRequest, *, address: str, secure: bool = False) -> Peer:
        """The sending device; RejectError when it may not talk to us."""
        if not request.version & 1:
            raise RejectError("protocol version", result=1, source=2, reason=2)
        if request.application_context != APPLICATION_CONTEXT:
            raise RejectError("application context", result=1, source=1, reason=2)
        if request.called != self.ae_title:
            raise RejectError("called AE title", result=1, source=1, reason=7)
        for peer in self.peers:
            if peer.matches(calling=request.calling, address=address, secure=secure):
                return peer
        if self.open_device is not None:
            return Peer(device=self.open_device, ae_title=request.calling)
        raise RejectError("calling AE title", result=1, source=1, reason=3)


def answer_contexts(request: AssociateRequest, *, commitment: bool = False) -> list[ContextAnswer]:
    """Our answer to each proposed presentation context; storage commitment only where it is configured."""
    return [_answer(context, commitment=commitment) for context in request.contexts]


def answer_roles(request: AssociateRequest) -> list[Role]:
    """Role selections we confirm: the sender stays the user of the service."""
    return [Role(sop_class=role.sop_class, scu=role.scu & 1, scp=0) for role in request.roles]


def _answer(context: ProposedContext, *, commitment: bool) -> ContextAnswer:
    is_plain = context.abstract_syntax == VERIFICATION
    if commitment and context.abstract_syntax == COMMITMENT:
        is_plain = True
    elif not context.abstract_syntax or context.abstract_syntax.startswith(_NOT_STORAGE):
        return ContextAnswer(context.id, 3, context.abstract_syntax, IMPLICIT_LE)
    offered = [uid for uid in context.transfer_syntaxes if 0 < len(uid) <= 64]
    if is_plain:
        offered = [uid for uid in offered if uid in (IMPLICIT_LE, EXPLICIT_LE)]
    if not offered:
        return ContextAnswer(context.id, 4, context.abstract_syntax, IMPLICIT_LE)
    return ContextAnswer(context.id, 0, context.abstract_syntax, min(offered, key=_rank))


def _rank(transfer_syntax: bytes) -> int:
    if transfer_syntax in _LAST:
        return 2
    return 1 if transfer_syntax == EXPLICIT_LE else 0
