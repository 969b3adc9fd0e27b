"""Reports over the whole site: how much there is, and who is in a project (api.md 17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Numeric, and_, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.tables import app_user, project_grant, role
from treadle.server.catalog.queries import LIVE
from treadle.server.catalog.tables import container

_YEAR_S = 31_557_600
_ADULT_S = 18 * _YEAR_S
_UNKNOWN = "unknown_or_not_reported"
_RACES = {
    "american indian or alaska native": "american_indian_or_alaska_native",
    "asian": "asian",
    "native hawaiian or other pacific islander": "native_hawaiian_or_other_pacific_islander",
    "black or african american": "black_or_african_american",
    "white": "white",
    "more than one race": "more_than_one_race",
}
_ETHNICITIES = {
    "not hispanic or latino": "not_hispanic_or_latino",
    "hispanic or latino": "hispanic_or_latino",
}


async def site_report(connection: AsyncConnection) -> dict[str, Any]:
    """Groups with their number of projects and sessions."""
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    counts = await connection.execute(
        select(container.c.group_id, container.c.level, func.count().label("n"))
        .where(container.c.level.in_(("project", "session")), LIVE)
        .group_by(container.c.group_id, container.c.level)
    )
    for row in counts:
        counted[row.group_id][row.level] = row.n
    groups = await connection.execute(
        select(container.c.id, container.c.label)
        .where(container.c.level == "group", LIVE)
        .order_by(container.c.id)
    )
    listed = [
        {
            "label": row.label,
            "project_count": counted[row.id].get("project", 0),
            "session_count": counted[row.id].get("session", 0),
        }
        for row in groups
    ]
    return {"group_count": len(listed), "groups": listed}


async def project_reports(
    connection: AsyncConnection, project_ids: Sequence[str], start: datetime | None, end: datetime | None
) -> list[dict[str, Any]]:
    """Sessions made in the period and their subjects: sex, age, race and ethnicity, counted."""
    group = container.alias("above")
    projects = await connection.execute(
        select(container.c.id, container.c.label, group.c.label.label("group_label"))
        .join(group, group.c.id == container.c.group_id)
        .where(container.c.id == func.any(list(project_ids)), container.c.level == "project", LIVE)
        .order_by(container.c.id)
    )
    known = {row.id: row for row in projects}
    admins = await _admins(connection, list(known))
    people = await _people(connection, list(known), start, end)
    return [
        {
            "name": row.label,
            "group_name": row.group_label,
            "admins": admins.get(project_id, []),
            **_counted(people.get(project_id, [])),
        }
        for project_id, row in known.items()
    ]


async def _admins(connection: AsyncConnection, project_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    rows = await connection.execute(
        select(project_grant.c.project_id, app_user.c.id, app_user.c.firstname, app_user.c.lastname)
        .join(app_user, app_user.c.id == project_grant.c.user_id)
        .where(
            project_grant.c.project_id == func.any(list(project_ids)),
            select(role.c.id)
            .where(role.c.builtin == "admin", role.c.id == func.any(project_grant.c.role_ids))
            .exists(),
        )
        .order_by(app_user.c.id)
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.project_id].append({"_id": row.id, "firstname": row.firstname, "lastname": row.lastname})
    return found


async def _people(
    connection: AsyncConnection, project_ids: Sequence[str], start: datetime | None, end: datetime | None
) -> dict[str, list[Any]]:
    """Subjects with a session in the period, counted by what the report tells apart."""
    within: list[ColumnElement[bool]] = [
        container.c.project_id == func.any(list(project_ids)),
        container.c.level == "session",
        LIVE,
    ]
    if start is not None:
        within.append(container.c.created_at >= start)
    if end is not None:
        within.append(container.c.created_at <= end)
    sessions = (
        select(
            container.c.project_id,
            container.c.subject_id,
            func.count().label("sessions"),
            func.max(cast(container.c.doc["age"].astext, Numeric)).label("age"),
        )
        .where(and_(*within))
        .group_by(container.c.project_id, container.c.subject_id)
        .subquery()
    )
    subject = container.alias("subject")
    adult = case((sessions.c.age.is_(None), None), else_=sessions.c.age >= _ADULT_S)
    traits = [func.lower(subject.c.doc[name].astext).label(name) for name in ("sex", "race", "ethnicity")]
    keys = [sessions.c.project_id, adult.label("adult"), *traits]
    rows = await connection.execute(
        select(*keys, func.count().label("subjects"), func.sum(sessions.c.sessions).label("sessions"))
        .join(subject, subject.c.id == sessions.c.subject_id)
        .group_by(*(column.element if hasattr(column, "element") else column for column in keys))
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.project_id].append(row)
    return found


def _counted(rows: Sequence[Any]) -> dict[str, Any]:
    sexes = {"female": 0, "male": 0}
    grid = {race: _empty_line() for race in (*_RACES.values(), _UNKNOWN)}
    total = _empty_line()
    for row in rows:
        sex = row.sex if row.sex in sexes else _UNKNOWN
        if row.sex in sexes:
            sexes[row.sex] += row.subjects
        ethnicity = _ETHNICITIES.get(row.ethnicity or "", _UNKNOWN)
        for line in (grid[_RACES.get(row.race or "", _UNKNOWN)], total):
            line[ethnicity][sex] += row.subjects
            line["total"] += row.subjects
    subjects = sum(row.subjects for row in rows)
    return {
        "session_count": int(sum(row.sessions for row in rows)),
        "subjects_count": subjects,
        "female_count": sexes["female"],
        "male_count": sexes["male"],
        "other_count": subjects - sum(sexes.values()),
        "over_18_count": sum(row.subjects for row in rows if row.adult),
        "under_18_count": sum(row.subjects for row in rows if row.adult is False),
        "demographics_grid": {**grid, "total": total},
        "demographics_total": subjects,
    }


def _empty_line() -> dict[str, Any]:
    cells = {name: {"female": 0, "male": 0, _UNKNOWN: 0} for name in (*_ETHNICITIES.values(), _UNKNOWN)}
    return {**cells, "total": 0}
