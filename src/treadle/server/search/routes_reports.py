"""Endpoints of reports: the site, projects, usage (api.md 17). The access log's are in `access`."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import Request, Response

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import AdminGuard, Guard, ScopedGuard
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.search import reports, usage, usage_docs
from treadle.server.search.models import (
    DayUsage,
    LegacyUsage,
    MonthUsage,
    ProjectReports,
    SiteReport,
    UsageMonths,
    UsageSummary,
)
from treadle.server.search.usage_summary import summary
from treadle.server.wire.answer import Nothing, json_answer, listing
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import flag, read_count
from treadle.server.wire.routing import Router

router = Router(tags=["reports"])

_MOST_PROJECTS = 1000
_MONTH = timedelta(days=30)


def _instant(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise Invalid(f"'{name}' must be a time such as 2026-01-31T12:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _days(request: Request, *, first: date, last: date) -> tuple[date, date]:
    """The days of `start_date` and `end_date`."""
    start, end = _instant(request, "start_date"), _instant(request, "end_date")
    last = end.astimezone(UTC).date() if end else last
    first = start.astimezone(UTC).date() if start else min(first, last)
    return usage.checked(first, last)


def _month(request: Request) -> tuple[date, date]:
    today = now().date()
    year = read_count(request.query_params.get("year"), "year") or today.year
    month = read_count(request.query_params.get("month"), "month") or today.month
    return usage.month_of(year, month)


def _asked(request: Request, days: tuple[date, date]) -> usage.Asked:
    query = request.query_params
    return usage.Asked(*days, project=query.get("project") or None, group=query.get("group") or None)


@router.get("/report/site", response_model=SiteReport, operation_id="get_site_report")
async def site_report(guard: AdminGuard) -> Response:
    """Groups with their number of projects and sessions."""
    return json_answer(await reports.site_report(guard.connection))


@router.get("/report/project", response_model=ProjectReports, operation_id="get_project_report")
async def project_report(request: Request, guard: ScopedGuard) -> Response:
    """Sessions made in a period and their subjects, for each project named."""
    named = [part for text in request.query_params.getlist("projects") for part in text.split(",")]
    wanted = list(dict.fromkeys(part for part in named if part))
    if not wanted or len(wanted) > _MOST_PROJECTS:
        raise Invalid(f"'projects' must name 1 to {_MOST_PROJECTS} projects by their ids.")
    for project_id in wanted:
        await guard.require("containers_view_metadata", project_id=project_id)
    start, end = _instant(request, "start_date"), _instant(request, "end_date")
    if start and end and end < start:
        raise Invalid("'start_date' must not be after 'end_date'.")
    found = await reports.project_reports(guard.connection, wanted, start, end)
    if len(found) < len(wanted):
        raise ContainerNotFound
    return json_answer({"projects": found})


async def _by_day(guard: Guard, asked: usage.Asked) -> list[tuple[usage.Place, usage_docs.Days]]:
    held = await usage.daily(guard.connection, asked)
    known = await usage.places(guard.connection, asked)
    return [(place, held[project_id]) for project_id, place in known.items() if project_id in held]


async def _daily(guard: Guard, asked: usage.Asked) -> Response:
    rows = await _by_day(guard, asked)
    return json_answer([usage_docs.day_doc(place, day, level) for place, days in rows for day, level in days])


@router.get("/report/daily-usage", response_model=list[DayUsage], operation_id="get_daily_usage_report")
async def daily_usage(request: Request, guard: AdminGuard) -> Response:
    """Each project on each day of a month."""
    return await _daily(guard, _asked(request, _month(request)))


@router.get(
    "/report/daily-usage-range", response_model=list[DayUsage], operation_id="get_daily_usage_range_report"
)
async def daily_usage_range(request: Request, guard: AdminGuard) -> Response:
    """Each project on each day from `start_date` to `end_date`, at most 366 days."""
    today = now().date()
    return await _daily(guard, _asked(request, _days(request, first=today - _MONTH, last=today)))


@router.get("/report/usage", response_model=list[MonthUsage], operation_id="get_usage_report")
async def monthly_usage(request: Request, guard: AdminGuard) -> Response:
    """Each project in a month: sessions, and bytes times days."""
    rows = await _by_day(guard, _asked(request, _month(request)))
    return json_answer([usage_docs.month_doc(place, days) for place, days in rows])


@router.get("/report/usage/availability", response_model=UsageMonths, operation_id="get_usage_availability")
async def usage_availability(guard: AdminGuard) -> Response:
    """The months that can be reported, newest first."""
    first, today = await usage.first_day(guard.connection), now().date()
    months = []
    if first is not None:
        count = (today.year - first.year) * 12 + today.month - first.month + 1
        for number in range(count):
            year, month = divmod(today.year * 12 + today.month - 1 - number, 12)
            months.append({"year": year, "month": month + 1})
    return json_answer({"available_reports": months})


@router.get("/report/usage/collect", response_model=Nothing, operation_id="collect_usage")
async def collect_usage(_guard: AdminGuard) -> Response:
    """Nothing to do: usage is computed when it is asked for."""
    return json_answer(None)


@router.get("/report/legacy-usage", response_model=list[LegacyUsage], operation_id="get_legacy_usage_report")
async def legacy_usage(request: Request, guard: AdminGuard) -> Response:
    """`type=project`: what each project has; `type=month`: what all projects had at the end of each month."""
    kind = request.query_params.get("type", "month")
    if kind not in ("month", "project"):
        raise Invalid("'type' must be month or project.")
    today = now().date()
    asked = _asked(request, _days(request, first=today - usage.LONGEST, last=today))
    rows = await _by_day(guard, asked)
    if kind == "project":
        documents = [
            usage_docs.legacy_doc(days[-1][1], project={"_id": place.id, "label": place.label})
            for place, days in rows
        ]
        return json_answer(documents)
    ends: dict[tuple[int, int], usage.Level] = {}
    for number, day in enumerate(asked.days):
        total = usage.Level()
        for _, days in rows:
            total = total + days[number][1]
        ends[day.year, day.month] = total
    return json_answer(
        [
            usage_docs.legacy_doc(level, year=str(year), month=str(month))
            for (year, month), level in ends.items()
        ]
    )


@router.get("/report/usage-summary", response_model=list[UsageSummary], operation_id="get_usage_data_summary")
async def usage_summary(request: Request, guard: AdminGuard, client: ClientDialect) -> Response:
    """Files, bytes and sessions at the start and end of a period, by project, group or month."""
    by: Any = request.query_params.get("group_by") or "project"
    by = "project" if by == "none" else by
    if by not in ("project", "group", "month"):
        raise Invalid("'group_by' must be project, group or month.")
    today = now().date()
    asked = _asked(request, _days(request, first=today - _MONTH, last=today))
    with_deleted = flag(request, "include_deleted_projects")
    documents = await summary(guard.connection, asked, by, with_deleted=with_deleted)
    skip = read_count(request.query_params.get("skip"), "skip") or 0
    limit = read_count(request.query_params.get("limit"), "limit") or None
    page = documents[skip : None if limit is None else skip + limit]
    if flag(request, "csv"):
        return _table(page)
    return listing(page, total=len(documents), envelope=client.envelope)


def _table(documents: list[dict[str, Any]]) -> Response:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(documents[0]) if documents else [])
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in documents)
    headers = {"Content-Disposition": 'attachment; filename="usage.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: Any) -> Any:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
