"""What this room refuses."""

from __future__ import annotations

from treadle.server.kit.errors import BadRequest, Forbidden, Invalid, NotFound


class BatchMissing(NotFound):
    """There is no such batch, or it is somebody else's."""

    code = "batch.missing"


class NothingFound(NotFound):
    """There is nothing below the targets that the gear could be run on."""

    code = "batch.nothing_found"


class NoneAllowed(Forbidden):
    """You may not run this gear in any of these containers."""

    code = "batch.none_allowed"


class TooManyJobs(Invalid):
    """These are more jobs than fit into one batch; choose fewer targets."""

    code = "batch.too_many_jobs"


class WrongState(BadRequest):
    """The batch is not in a state that allows this."""

    code = "batch.wrong_state"
