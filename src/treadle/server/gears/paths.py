"""Gears on paths of labels: `gears`, then the name, then a version (api.md 11)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog.resolve import CHILDREN_LIMIT, id_of_item
from treadle.server.gears.errors import GearMissing
from treadle.server.gears.listing import Wanted, list_gears
from treadle.server.gears.queries import Gear, by_version, gear_by_id, latest, versions
from treadle.server.gears.restriction import usable_by
from treadle.server.wire.query import ListQuery

ROOT = "gears"


async def find(connection: AsyncConnection, items: Sequence[str]) -> Gear:
    """The gear at a path below `gears`: the newest version of a name, or the one named."""
    wanted = id_of_item(items[0]) if len(items) == 1 else None
    try:
        if wanted is not None:
            return await gear_by_id(connection, wanted)
        if len(items) == 1:
            return await latest(connection, items[0])
        if len(items) == 2:
            return await by_version(connection, *items)
    except GearMissing:
        pass
    raise ContainerNotFound(f"No {'/'.join(items)} gear found.")


async def walk(guard: Guard, items: Sequence[str]) -> tuple[list[Gear], Sequence[Gear]]:
    """The gear at the end of the path, and what lies below: all gears, or all versions of one."""
    if not items:
        wanted = Wanted(usable=usable_by(guard.identity, None))
        found, _ = await list_gears(guard.connection, wanted, ListQuery(limit=CHILDREN_LIMIT), count=False)
        return [], found
    end = await find(guard.connection, items)
    below = [] if len(items) > 1 else await versions(guard.connection, end.name, limit=CHILDREN_LIMIT)
    return [end], below
