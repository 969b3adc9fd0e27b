"""What changes about a gear: whether it is put away, and who may run its series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.gears.errors import GearMissing
from treadle.server.gears.queries import gear_by_id
from treadle.server.gears.tables import gear, gear_series
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden

Kind = Literal["users", "projects"]
_PERMITTED = {"users": gear_series.c.user_ids, "projects": gear_series.c.project_ids}


async def disable(connection: AsyncConnection, gear_id: str) -> int:
    """Put the gear away: 1, or 0 when it was."""
    found = await gear_by_id(connection, gear_id)
    if found.disabled_at is not None:
        return 0
    moment = now()
    await connection.execute(
        update(gear).where(gear.c.id == gear_id).values(disabled_at=moment, modified_at=moment)
    )
    return 1


async def enable(connection: AsyncConnection, gear_id: str) -> int:
    """Let the gear run again: 1, or 0 when it could."""
    found = await gear_by_id(connection, gear_id)
    if found.disabled_at is None:
        return 0
    await connection.execute(
        update(gear).where(gear.c.id == gear_id).values(disabled_at=None, modified_at=now())
    )
    return 1


@dataclass(frozen=True, kw_only=True)
class Series:
    """All versions of a gear, and who may run them."""

    id: str
    name: str
    is_restricted: bool
    user_ids: list[str]
    project_ids: list[str]
    created_at: datetime
    modified_at: datetime


async def series_by_name(connection: AsyncConnection, name: str) -> Series:
    """The series; GearMissing when no gear has this name."""
    row = (await connection.execute(select(gear_series).where(gear_series.c.name == name))).one_or_none()
    if row is None:
        raise GearMissing(f"There is no gear '{name}'.")
    return Series(**row._mapping)


async def require_maintainer(guard: Guard, name: str) -> Series:
    """The series, for a site administrator or the developer who added a version of it."""
    guard.require_developer()
    found = await series_by_name(guard.connection, name)
    if not guard.identity.is_site_admin:
        own = select(gear.c.id).where(gear.c.name == name, gear.c.origin_id == guard.identity.id).limit(1)
        if (await guard.connection.execute(own)).first() is None:
            raise Forbidden("Only a site administrator or a developer of this gear may do this.")
    return found


async def change_series(connection: AsyncConnection, name: str, **values: Any) -> Series:
    """Other values for the series."""
    await connection.execute(
        update(gear_series).where(gear_series.c.name == name).values(**values, modified_at=now())
    )
    return await series_by_name(connection, name)


async def permit(connection: AsyncConnection, name: str, kind: Kind, entry: str) -> Series:
    """One more user or project that may run the gear, which is restricted from now on."""
    column = _PERMITTED[kind]
    value: ColumnElement[Any] = func.array_append(func.array_remove(column, entry), entry)
    return await change_series(connection, name, **{column.name: value}, is_restricted=True)


async def forbid(connection: AsyncConnection, name: str, kind: Kind, entry: str) -> Series:
    """One user or project less."""
    column = _PERMITTED[kind]
    return await change_series(connection, name, **{column.name: func.array_remove(column, entry)})
