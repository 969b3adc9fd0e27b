"""What data views and reports refuse."""

from __future__ import annotations

from typing import Any

from treadle.server.kit.errors import BadRequest, Conflict, Invalid, NotFound, Trouble


class ViewInvalid(Invalid):
    """The data view is not valid."""

    code = "view_invalid"


class ViewMissing(NotFound):
    """There is no such data view."""

    code = "view_missing"


class ExecutionMissing(NotFound):
    """There is no such execution of a data view; results are kept for 14 days."""

    code = "execution_missing"


class NotReady(Conflict):
    """The data view has not been executed yet; ask again when its state is completed."""

    code = "execution_not_ready"


class AuditReportMissing(NotFound):
    """There is no such audit trail report."""

    code = "audit_report_missing"


class TicketUnknown(NotFound):
    """This ticket is unknown or has expired."""

    code = "ticket_unknown"


def at(place: tuple[str | int, ...], why: str) -> ViewInvalid:
    """The refusal of one place of a view, such as `columns.2.src`."""
    detail: list[dict[str, Any]] = [{"loc": ["body", *place], "msg": why, "type": ViewInvalid.code}]
    return ViewInvalid(f"{'.'.join(map(str, place))}: {why}", detail=detail)


class TooSlow(Trouble):
    """The search took longer than it may; narrow it."""

    status = 504
    code = "search_too_slow"


class NarrowTheSearch(Invalid):
    """Too many objects would have to be read one by one; narrow the search."""

    code = "search_too_wide"


class BadCursor(BadRequest):
    """The cursor does not belong to this search."""

    code = "bad_cursor"
