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
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.access.places import container, living
from treadle.server.access.tables import app_user, group_access, project_grant
from treadle.server.jobs.listing import visible
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now
from treadle.server.notifications.tables import notifications_seen

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


async def seen_until(connection: AsyncConnection, user_id: str) -> datetime | None:
    """Until when the user has seen their notifications."""
    chosen = select(notifications_seen.c.until).where(notifications_seen.c.user_id == user_id)
    found: datetime | None = (await connection.execute(chosen)).scalar_one_or_none()
    return found


async def see(connection: AsyncConnection, user_id: str, until: datetime) -> None:
    """They have seen all until then; never less than before, never what is still to come."""
    told = upsert(notifications_seen).values(user_id=user_id, until=func.least(until, func.now()))
    later = func.greatest(notifications_seen.c.until, told.excluded.until)
    await connection.execute(
        told.on_conflict_do_update(index_elements=[notifications_seen.c.user_id], set_={"until": later})
    )


async def page(
    guard: Guard, user_id: str, *, limit: int, before: Cursor | None
) -> tuple[Sequence[Row[Any]], int]:
    """Up to `limit` rows, newest first, and how many of all are new to the user."""
    connection = guard.connection
    since = now() - _KEPT
    seen = await seen_until(connection, user_id)
    told = union_all(
        _failed(guard, user_id, since),
        _granted(project_grant, "project", user_id, since),
        _granted(group_access, "group", user_id, since),
    ).subquery()
    unseen = select(func.count()).select_from(told)
    if seen is not None:
        unseen = unseen.where(told.c.at > seen)
    count = int((await connection.execute(unseen)).scalar_one())
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
    return (await connection.execute(chosen)).all(), count
