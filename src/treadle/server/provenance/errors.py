"""What requests about provenance are refused for."""

from __future__ import annotations

from treadle.server.kit.errors import Conflict, Invalid, NotFound


class RecordMissing(NotFound):
    """A job has its record when it ends; this one has not ended."""

    code = "record_missing"


class NotRepeatable(Conflict):
    """Something that the run needs is gone."""

    code = "not_repeatable"


class ChainTooLong(Invalid):
    """So many runs do not go into one document."""

    code = "chain_too_long"


class NoRun(Conflict):
    """This analysis was not made by a gear."""

    code = "no_run"
