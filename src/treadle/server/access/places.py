"""Which groups and projects exist: the one thing this room must know of the catalog above it.

Grants name groups and projects by id. Whether such an id is alive, and which group a project is in, stands in
the catalog's table, named here by its columns only, so that imports still run downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import ContainerNotFound

container = table(
    "container",
    column("id"),
    column("level"),
    column("label"),
    column("parent_id"),
    column("group_id"),
    column("project_id"),
    column("deleted_at"),
)

file = table(
    "file",
    column("file_id"),
    column("name"),
    column("parent_id"),
    column("project_id"),
    column("size"),
    column("is_current"),
    column("deleted_at"),
)

# Who shares collections.
collection_access = table("collection_access", column("collection_id"), column("user_id"), column("access"))


@dataclass(frozen=True)
class Place:
    """A living group or project; of a group, `group_id` is its own id."""

    id: str
    label: str
    group_id: str


def living(level: str) -> ColumnElement[bool]:
    """SQL condition: containers of this level that are not in the trash."""
    return (container.c.level == level) & container.c.deleted_at.is_(None)


async def _find(connection: AsyncConnection, level: str, place_id: str, *, lock: bool) -> Place:
    chosen = select(container.c.id, container.c.label, container.c.group_id).where(
        living(level), container.c.id == place_id
    )
    row = (await connection.execute(chosen.with_for_update() if lock else chosen)).one_or_none()
    if row is None:
        raise ContainerNotFound
    return Place(row.id, row.label, row.group_id)


async def get_group(connection: AsyncConnection, group_id: str, *, lock: bool = False) -> Place:
    """The living group, or NotFound; locked, its permissions change one request at a time."""
    return await _find(connection, "group", group_id, lock=lock)


async def get_project(connection: AsyncConnection, project_id: str, *, lock: bool = False) -> Place:
    """The living project, or NotFound; locked, its permissions change one request at a time."""
    return await _find(connection, "project", project_id, lock=lock)


async def lock_projects_of(connection: AsyncConnection, group_id: str) -> Sequence[str]:
    """The ids of the group's living projects, locked in one order."""
    rows = await connection.execute(
        select(container.c.id)
        .where(living("project"), container.c.group_id == group_id)
        .order_by(container.c.id)
        .with_for_update()
    )
    return list(rows.scalars())
