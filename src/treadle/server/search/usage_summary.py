"""Usage at the start and the end of a period, by project, group or month (api.md 17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import container, file
from treadle.server.search.usage import VERSION_MADE, Asked, Place, month_of, places
from treadle.server.search.usage_docs import ORIGINS, between

By = Literal["project", "group", "month"]


def _there(made: ColumnElement[Any], gone: ColumnElement[Any], at: datetime) -> ColumnElement[bool]:
    return (made < at) & (gone.is_(None) | (gone >= at))


def _files(asked: Asked, start: datetime, end: datetime) -> Any:
    columns: list[Any] = [file.c.project_id]
    for number, at in enumerate((start, end)):
        there = _there(VERSION_MADE, file.c.deleted_at, at)
        columns += [
            func.count().filter(there).label(f"files_{number}"),
            func.coalesce(func.sum(file.c.size).filter(there), 0).label(f"bytes_{number}"),
            func.count().filter(file.c.deleted_at < at).label(f"gone_{number}"),
            *(
                func.count().filter(there, file.c.origin_type == origin).label(f"{origin}_{number}")
                for origin in ORIGINS
            ),
        ]
    query = select(*columns).where(end > VERSION_MADE).group_by(file.c.project_id)
    if asked.project:
        return query.where(file.c.project_id == asked.project)
    if asked.group:
        return query.where(file.c.group_id == asked.group)
    return query.where(file.c.project_id.is_not(None))


def _sessions(asked: Asked, start: datetime, end: datetime) -> Any:
    counts = [
        func.count().filter(_there(container.c.created_at, container.c.deleted_at, at)).label(name)
        for name, at in (("sessions_0", start), ("sessions_1", end))
    ]
    query = select(container.c.project_id, *counts).where(
        container.c.level == "session", container.c.created_at < end
    )
    if asked.project:
        query = query.where(container.c.project_id == asked.project)
    if asked.group:
        query = query.where(container.c.group_id == asked.group)
    return query.group_by(container.c.project_id)


async def _numbers(
    connection: AsyncConnection, asked: Asked, first: date, last: date
) -> dict[str, dict[str, int]]:
    """The counts of each project before the first and after the last day."""
    start = datetime.combine(first, time(), UTC)
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    found: dict[str, dict[str, int]] = {}
    for query in (_files(asked, start, end), _sessions(asked, start, end)):
        for row in await connection.execute(query):
            found.setdefault(row.project_id, {}).update(_integers(row))
    return found


def _integers(row: Row[Any]) -> dict[str, int]:
    return {name: int(value) for name, value in row._mapping.items() if name != "project_id"}


async def summary(
    connection: AsyncConnection, asked: Asked, by: By, *, with_deleted: bool
) -> list[dict[str, Any]]:
    """The documents of the report."""
    known = {
        project_id: place
        for project_id, place in (await places(connection, asked)).items()
        if with_deleted or not place.deleted
    }
    documents: list[dict[str, Any]] = []
    periods = list(_months(asked)) if by == "month" else [(asked.first, asked.last)]
    for first, last in periods:
        numbers = await _numbers(connection, asked, first, last)
        period = {"period_start": first.isoformat(), "period_end": last.isoformat()}
        for key, members in _grouped(known, by).items():
            total: dict[str, int] = {}
            for member in members:
                for name, value in numbers.get(member, {}).items():
                    total[name] = total.get(name, 0) + value
            documents.append({**_key(known, by, key, first), **period, **_document(total)})
    return documents


def _months(asked: Asked) -> Iterator[tuple[date, date]]:
    first = asked.first
    while first <= asked.last:
        last = min(month_of(first.year, first.month)[1], asked.last)
        yield first, last
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _grouped(known: dict[str, Place], by: By) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"": []} if by == "month" else {}
    for project_id, place in known.items():
        key = {"project": project_id, "group": place.group, "month": ""}[by]
        found.setdefault(key, []).append(project_id)
    return found


def _key(known: dict[str, Place], by: By, key: str, first: date) -> dict[str, Any]:
    if by == "month":
        return {"year": first.year, "month": first.month}
    if by == "group":
        label = next(place.group_label for place in known.values() if place.group == key)
        return {"group_id": key, "group_label": label}
    place = known[key]
    return {
        "project_id": key,
        "project_label": place.label,
        "project_deleted": place.deleted,
        "group_id": place.group,
        "group_label": place.group_label,
    }


def _document(total: dict[str, int]) -> dict[str, Any]:
    def number(name: str) -> tuple[int, int]:
        return total.get(f"{name}_0", 0), total.get(f"{name}_1", 0)

    document: dict[str, Any] = {
        **between("files_total_managed_count", *number("files")),
        **between("files_source_original_count", *number("files")),
        **between("files_source_by_ref_count", 0, 0),
        **between("files_deleted_soft_count", *number("gone")),
        **between("files_deleted_hard_count", 0, 0),
        **between("managed_data_bytes", *number("bytes")),
        **between("session_count", *number("sessions")),
        "job_count_sum": 0,
        "compute_ms_sum": 0,
    }
    for origin in ORIGINS:
        document |= between(f"files_origin_{origin}_count", *number(origin))
    return document
