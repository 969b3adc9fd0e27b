"""How an association can end badly.

ReceiveError
├── AbortError        the peer broke the protocol or a limit: we send A-ABORT
├── RejectError       the association request is refused: we send A-ASSOCIATE-RJ
└── PeerGoneError       the peer closed, aborted or fell silent
"""


class ReceiveError(Exception):
    """The association cannot go on."""


class AbortError(ReceiveError):
    """The peer broke the protocol or a limit."""

    def __init__(self, why: str, *, reason: int = 0, source: int = 2) -> None:
        super().__init__(why)
        self.reason = reason
        self.source = source


class RejectError(ReceiveError):
    """The association request is refused (PS3.8 9.3.4)."""

    def __init__(self, why: str, *, result: int, source: int, reason: int) -> None:
        super().__init__(why)
        self.result = result
        self.source = source
        self.reason = reason


class PeerGoneError(ReceiveError):
    """The peer closed the connection or aborted."""


# PS3.8 table 9-26, the reasons an A-ABORT of the service provider carries
UNRECOGNIZED_PDU = 1
UNEXPECTED_PDU = 2
INVALID_PARAMETER = 6
