"""Why a source could not be asked for images.

PullError
├── NoAnswerError   no association, or it broke: nothing is known about what the source holds
└── RefusedError    the source answered a request with a failure
"""

from treadle.connector.errors import ConnectorError


class PullError(ConnectorError):
    """The source cannot be asked now; the message says why and what to do."""


class NoAnswerError(PullError):
    """The source is not there, does not let us in, or went away."""


class RefusedError(PullError):
    """The source answered with a failure status."""
