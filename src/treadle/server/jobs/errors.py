"""What requests about jobs are refused for."""

from __future__ import annotations

from treadle.server.kit.errors import Conflict, Forbidden, Invalid, NotFound


class JobNotFound(NotFound):
    """There is no such job, or you may not see it."""

    code = "job_not_found"


class GearUnusable(Forbidden):
    """This gear cannot be run."""

    code = "gear_unusable"


class BadInput(Invalid):
    """An input does not match the gear's manifest."""

    code = "bad_input"


class BadConfig(Invalid):
    """An option does not match the gear's manifest."""

    code = "bad_config"

    def __init__(self, key: str, error: str) -> None:
        why = {"reason": "config did not match manifest", "key": key, "error": error}
        super().__init__(f"The option '{key}' does not fit: {error}.", detail=why, **why)


class BadDestination(Invalid):
    """The output of this gear cannot go there."""

    code = "bad_destination"


class BadTransition(Conflict):
    """The job is not in a state that allows this."""

    code = "bad_transition"


class LeaseLost(Conflict):
    """This job is no longer yours: its lease ran out, it was cancelled, or another engine has it."""

    code = "lease_lost"


class AlreadyRetried(Conflict):
    """The job has been retried already."""

    code = "already_retried"


class ContentMissing(Conflict):
    """An output was announced whose content has not been uploaded; upload it and commit again."""

    code = "content_missing"


class TicketUnknown(Conflict):
    """The ticket does not belong to this job; ask for a new one by prepare-complete."""

    code = "ticket_unknown"
