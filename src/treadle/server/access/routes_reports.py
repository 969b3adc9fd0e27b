"""The access log as a report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.accesslog import LogQuery, as_csv, as_json, as_lines, pages
from treadle.server.access.audit import AccessType
from treadle.server.access.guard import AdminGuard, Guard
from treadle.server.access.models import AccessLogLine, AccessLogRecord
from treadle.server.access.wire import access_log_doc, access_log_record
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import json_answer
from treadle.server.wire.query import flag, read_count
from treadle.server.wire.routing import Router

router = Router(tags=["reports"])

_TYPES = get_args(AccessType)
_LINES = 100
_MEDIA = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_TEXT = {"schema": {"type": "string"}}


def _also(*forms: str) -> dict[int | str, dict[str, Any]]:
    """Documents the forms of an answer besides JSON."""
    return {200: {"content": {_MEDIA[form].partition(";")[0]: _TEXT for form in forms}}}


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
        raise Invalid(f"There is no access type '{unknown[0][:80]}'; GET /report/accesslog/types lists them.")
    return wanted


def _query(request: Request, *, limit: int | None, oldest_first: bool = False) -> LogQuery:
    asked = request.query_params
    return LogQuery(
        start=_instant(request, "start_date"),
        end=_instant(request, "end_date"),
        user=asked.get("user"),
        subject=asked.get("subject"),
        project=asked.get("project"),
        access_types=_types(request),
        limit=read_count(asked.get("limit"), "limit") or limit,
        oldest_first=oldest_first,
    )


async def _streamed(guard: Guard, query: LogQuery, blocks: AsyncIterator[bytes], kind: str) -> Response:
    """Looking into the log leaves a line in it."""
    asked = {name: value for name, value in asdict(query).items() if value and name != "oldest_first"}
    await guard.record("view_access_log", {"query": asked})
    headers = {"Content-Disposition": f'attachment; filename="accesslog.{kind}"'}
    return StreamingResponse(blocks, media_type=_MEDIA[kind], headers=headers)


@router.get(
    "/report/accesslog",
    response_model=list[AccessLogLine],
    responses=_also("csv"),
    summary="Who touched what, newest first",
)
async def access_log_report(request: Request, guard: AdminGuard) -> Response:
    """Filtered by time, user, project, subject (id or label) and type; `csv=true` gives a table of all."""
    table = flag(request, "csv")
    query = _query(request, limit=None if table else _LINES)
    found = pages(request.app.state.database, query)
    if table:
        return await _streamed(guard, query, as_csv(found), "csv")
    answer = await _streamed(guard, query, as_json(found, access_log_doc), "json")
    del answer.headers["Content-Disposition"]
    return answer


@router.get(
    "/x/audit/export",
    response_model=list[AccessLogRecord],
    responses=_also("ndjson", "csv"),
    summary="Export the access log",
)
async def export_access_log(
    request: Request, guard: AdminGuard, format: Literal["json", "ndjson", "csv"] = "json"
) -> Response:
    """Everything each record says, oldest first; the filters of the report, and no limit of its own."""
    query = _query(request, limit=None, oldest_first=True)
    found = pages(request.app.state.database, query)
    forms = {"json": as_json, "ndjson": as_lines}
    blocks = forms[format](found, access_log_record) if format in forms else as_csv(found, full=True)
    return await _streamed(guard, query, blocks, format)


@router.get("/report/accesslog/types", response_model=list[str], summary="Types of access log lines")
async def access_log_types(guard: AdminGuard) -> Response:
    """What `access_types` may name."""
    guard.decided()
    return json_answer(list(_TYPES))
