"""Notifications of a user, read from what they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    DateTime,
    Row,
    Select,
    String,
    Subquery,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from treadle.server.access.guard import Guard
from treadle.server.access.places import container, living
from treadle.server.access.tables import app_user, group_access, project_grant
from treadle.server.jobs.listing import visible
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now

_KEPT = timedelta(days=30)
_INSTANT = DateTime(timezone=True)


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: its last notification's instant and key."""

    at: datetime
    key: str


def _failed(guard: Guard, user_id: str, since: datetime) -> Select[Any]:
    """Failed jobs that nobody has tried again; those of a batch together."""
    at = func.coalesce(cast(job.c.transitions["failed"].astext, _INSTANT), job.c.modified_at)
    batch = func.coalesce(job.c.batch_id, job.c.id)
    return (
        select(
            literal("jobs_failed").label("kind"),
            func.max(at).label("at"),
            (literal("job:") + batch).label("key"),
            func.count().label("count"),
            func.max(job.c.project_id).label("place_id"),
            func.array_agg(aggregate_order_by(job.c.id, at.desc()))[1].label("job_id"),
            func.max(job.c.batch_id).label("batch_id"),
            cast(null(), String).label("by"),
        )
        .where(
            job.c.state == "failed",
            job.c.retried_at.is_(None),
            job.c.origin_id == user_id,
            job.c.origin_type == "user",
            job.c.modified_at > since,
            visible(guard),
        )
        .group_by(batch)
    )


def _granted(table: Any, level: str, user_id: str, since: datetime) -> Select[Any]:
    """What others let the user into, and what is still there."""
    place = table.c.project_id if level == "project" else table.c.group_id
    return (
        select(
            literal("access_granted").label("kind"),
            table.c.granted_at.label("at"),
            (literal(f"{level}:") + place).label("key"),
            literal(1).label("count"),
            place.label("place_id"),
            cast(null(), String).label("job_id"),
            cast(null(), String).label("batch_id"),
            table.c.granted_by.label("by"),
        )
        .join(container, (container.c.id == place) & living(level))
        .where(table.c.user_id == user_id, table.c.granted_by != user_id, table.c.granted_at > since)
    )


def _told(guard: Guard, user_id: str) -> Subquery:
    since = now() - _KEPT
    return union_all(
        _failed(guard, user_id, since),
        _granted(project_grant, "project", user_id, since),
        _granted(group_access, "group", user_id, since),
    ).subquery()


async def newer(guard: Guard, user_id: str, than: datetime | None) -> int:
    """How many are newer than this; all, if it is not known."""
    told = _told(guard, user_id)
    chosen = select(func.count()).select_from(told)
    if than is not None:
        chosen = chosen.where(told.c.at > than)
    return int((await guard.connection.execute(chosen)).scalar_one())


async def page(guard: Guard, user_id: str, *, limit: int, before: Cursor | None) -> Sequence[Row[Any]]:
    """Up to `limit` rows, newest first."""
    told = _told(guard, user_id)
    place, latest, giver = container.alias(), job.alias(), app_user.alias()
    name = func.trim(giver.c.firstname + literal(" ") + giver.c.lastname)
    chosen = (
        select(
            told,
            place.c.label.label("place"),
            case((told.c.key.like("group:%"), "group"), else_="project").label("level"),
            latest.c.gear_info["name"].astext.label("gear"),
            latest.c.failure_reason.label("reason"),
            case((name == "", giver.c.email), else_=name).label("giver"),
        )
        .join(place, place.c.id == told.c.place_id)
        .outerjoin(latest, latest.c.id == told.c.job_id)
        .outerjoin(giver, giver.c.id == told.c.by)
        .order_by(told.c.at.desc(), told.c.key.desc())
        .limit(limit)
    )
    if before is not None:
        chosen = chosen.where(tuple_(told.c.at, told.c.key) < tuple_(literal(before.at), literal(before.key)))
    return (await guard.connection.execute(chosen)).all()
