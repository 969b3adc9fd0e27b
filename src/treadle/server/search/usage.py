"""Usage: how many sessions and bytes each project had on each day (api.md 17).

Computed from the rows themselves, never collected: a file version counts from its creation (the time in its
id) until it was deleted, then as soft-deleted until the trash is emptied. Bytes are those of the files; equal
contents, which are stored once, count each time. What the trash has given back no longer counts for the past.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import container, file
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid

LONGEST = timedelta(days=366)
VERSION_MADE = func.to_timestamp(cast(literal_column("('x' || substr(file.id, 1, 8))::bit(32)"), BigInteger))


@dataclass(frozen=True)
class Asked:
    """Days (the last one included) and projects of a report."""

    first: date
    last: date
    project: str | None = None
    group: str | None = None

    @property
    def days(self) -> Iterator[date]:
        """Every day of it."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def month_of(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month, or until today."""
    if not (1970 <= year <= 2999 and 1 <= month <= 12):
        raise Invalid("'year' and 'month' must name a month, such as 2026 and 1.")
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return first, max(first, min(following - timedelta(days=1), now().date()))


def checked(first: date, last: date) -> tuple[date, date]:
    """The days of a range; Invalid when it is empty or longer than a year."""
    if last < first:
        raise Invalid("'start_date' must not be after 'end_date'.")
    if last - first > LONGEST:
        raise Invalid("A report covers at most 366 days.")
    return first, last


@dataclass(frozen=True)
class Place:
    """A project that reports name."""

    id: str
    label: str
    group: str
    group_label: str
    deleted: bool


@dataclass(frozen=True)
class Level:
    """What is there at the end of a day."""

    sessions: int = 0
    bytes: int = 0
    deleted_bytes: int = 0

    def __add__(self, other: Level) -> Level:
        return Level(
            self.sessions + other.sessions,
            self.bytes + other.bytes,
            self.deleted_bytes + other.deleted_bytes,
        )

    def __mul__(self, times: int) -> Level:
        return Level(self.sessions * times, self.bytes * times, self.deleted_bytes * times)


async def places(connection: AsyncConnection, asked: Asked | None = None) -> dict[str, Place]:
    """Projects, the deleted ones of the trash too."""
    group = container.alias("above")
    query = (
        select(
            container.c.id,
            container.c.label,
            container.c.group_id,
            container.c.deleted_at,
            func.coalesce(group.c.label, container.c.group_id).label("group_label"),
        )
        .join(group, group.c.id == container.c.group_id, isouter=True)
        .where(container.c.level == "project")
        .order_by(container.c.id)
    )
    if asked is not None and asked.project:
        query = query.where(container.c.id == asked.project)
    if asked is not None and asked.group:
        query = query.where(container.c.group_id == asked.group)
    return {
        row.id: Place(row.id, row.label, row.group_id, row.group_label, row.deleted_at is not None)
        for row in await connection.execute(query)
    }


async def daily(connection: AsyncConnection, asked: Asked) -> dict[str, list[tuple[date, Level]]]:
    """What each project had at the end of each day."""
    steps: dict[str, dict[date, Level]] = defaultdict(dict)
    made, deleted, size = VERSION_MADE, file.c.deleted_at, func.sum(file.c.size)
    for step, moment, table, amount in (
        (Level(sessions=1), container.c.created_at, container, func.count()),
        (Level(sessions=-1), container.c.deleted_at, container, func.count()),
        (Level(bytes=1), made, file, size),
        (Level(bytes=-1, deleted_bytes=1), deleted, file, size),
    ):
        for project, day, change in await _changes(connection, asked, moment, table, amount):
            steps[project][day] = steps[project].get(day, Level()) + step * int(change)
    return {project: _summed(asked, changes) for project, changes in steps.items()}


async def _changes(
    connection: AsyncConnection, asked: Asked, moment: ColumnElement[Any], table: Any, amount: Any
) -> Sequence[Any]:
    day = func.greatest(cast(func.timezone("UTC", moment), Date), asked.first)
    query = select(table.c.project_id, day.label("day"), amount).where(
        table.c.project_id.is_not(None), moment < _after(asked.last)
    )
    if table is container:
        query = query.where(container.c.level == "session")
    if asked.project:
        query = query.where(table.c.project_id == asked.project)
    if asked.group:
        query = query.where(table.c.group_id == asked.group)
    return (await connection.execute(query.group_by(table.c.project_id, literal_column("day")))).all()


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _summed(asked: Asked, changes: dict[date, Level]) -> list[tuple[date, Level]]:
    found, held = [], Level()
    for day in asked.days:
        held = held + changes.get(day, Level())
        found.append((day, held))
    return found


async def first_day(connection: AsyncConnection) -> date | None:
    """The day of the oldest project."""
    oldest = await connection.execute(
        select(func.min(container.c.created_at)).where(container.c.level == "project")
    )
    found = oldest.scalar_one_or_none()
    return None if found is None else found.astimezone(UTC).date()
