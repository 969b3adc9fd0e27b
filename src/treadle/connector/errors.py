"""What can stop a series on its way to the server.

ConnectorError
├── HeldError          the server refuses this series: it waits for a person, others go on
├── AskedToWaitError   the server does not take this series yet: it is offered again later
├── SeriesTroubleError the server failed on this series: it is tried again later, others go on
├── ServerTroubleError the server cannot be used at the moment: all wait
│   └── NotAllowedError   it does not accept our key
├── TicketGoneError    the upload ticket is no longer known: ask anew
└── ChangedError       the series changed while it was packed: it comes again by itself
"""


class ConnectorError(Exception):
    """The series cannot go on now."""


class HeldError(ConnectorError):
    """The server refuses this series."""


class AskedToWaitError(ConnectorError):
    """The server does not take this series yet."""


class SeriesTroubleError(ConnectorError):
    """The server failed on this series."""


class ServerTroubleError(ConnectorError):
    """The server cannot be used at the moment."""

    def __init__(self, why: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class NotAllowedError(ServerTroubleError):
    """The server does not accept our device key."""


class TicketGoneError(ConnectorError):
    """The upload ticket is no longer known."""


class ChangedError(ConnectorError):
    """The series changed while it was packed."""
