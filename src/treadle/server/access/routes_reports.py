"""The access log as a report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from fastapi import Request, Response

from treadle.server.access.accesslog import LogQuery, as_csv, read_log
from treadle.server.access.audit import AccessType
from treadle.server.access.guard import AdminGuard
from treadle.server.access.models import AccessLogLine
from treadle.server.access.wire import access_log_doc
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import json_answer
from treadle.server.wire.query import flag, read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/report/accesslog", tags=["reports"])

_TYPES = get_args(AccessType)
_LINES, _CSV_LINES = 100, 100_000


def _instant(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise Invalid(f"'{name}' must be a time such as 2026-01-31T12:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _types(request: Request) -> tuple[str, ...]:
    named = [part for text in request.query_params.getlist("access_types") for part in text.split(",")]
    wanted = tuple(part.strip() for part in named if part.strip())
    if unknown := [part for part in wanted if part not in _TYPES]:
        raise Invalid(f"There is no access type '{unknown[0][:80]}'; GET {router.prefix}/types lists them.")
    return wanted


@router.get("", response_model=list[AccessLogLine], summary="Who touched what, newest first")
async def access_log_report(request: Request, guard: AdminGuard) -> Response:
    """Filtered by time, user, project, subject (id or label) and type; `csv=true` gives a table."""
    table = flag(request, "csv")
    limit = read_count(request.query_params.get("limit"), "limit") or (_CSV_LINES if table else _LINES)
    query = LogQuery(
        start=_instant(request, "start_date"),
        end=_instant(request, "end_date"),
        user=request.query_params.get("user"),
        subject=request.query_params.get("subject"),
        project=request.query_params.get("project"),
        access_types=_types(request),
        limit=min(limit, _CSV_LINES),
    )
    rows = await read_log(guard.connection, query)
    if table:
        headers = {"Content-Disposition": 'attachment; filename="accesslog.csv"'}
        return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)
    return json_answer([access_log_doc(row) for row in rows])


@router.get("/types", response_model=list[str], summary="Types of access log lines")
async def access_log_types(guard: AdminGuard) -> Response:
    """What `access_types` may name."""
    guard.decided()
    return json_answer(list(_TYPES))
