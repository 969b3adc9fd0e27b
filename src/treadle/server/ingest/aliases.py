"""Aliases: what operators keep typing, and the project they mean (connector.md 5); applied before any lookup.

They are kept by project id, so they follow a project that is renamed or moved to another group.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import Route
from treadle.server.access.guard import Guard
from treadle.server.catalog.queries import LIVE
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.ingest.errors import AliasMissing, AliasRefused
from treadle.server.ingest.tables import routing_alias
from treadle.server.kit.errors import NotFound
from treadle.server.kit.ids import new_id
from treadle.server.wire.answer import stamp


@dataclass(frozen=True)
class Alias:
    """A typed "group/project" and where it leads."""

    id: str
    device: str  # of one scanner; empty: of all
    typed: str
    project_id: str
    made_by: str | None
    created_at: datetime
    group: str
    project: str

    def applied(self, route: Route) -> Route:
        """The route as it was meant."""
        return replace(route, group=self.group, project=self.project, status="ok")


def typed_of(group: str | None, project: str | None) -> str:
    """What an alias is looked up by.

    >>> typed_of("psyhc", "Study01")
    'psyhc/study01'
    """
    return f"{group or ''}/{project or ''}".lower()


def _rows(sight: ColumnElement[bool]) -> Select[Any]:
    joined = routing_alias.join(container, container.c.id == routing_alias.c.project_id)
    chosen = select(routing_alias, container.c.group_id, container.c.label)
    return chosen.select_from(joined).where(LIVE, sight)


def _alias(row: Row[Any]) -> Alias:
    known = dict(row._mapping)
    group, project = known.pop("group_id"), known.pop("label")
    return Alias(**known, group=group, project=project)


async def alias_of(
    connection: AsyncConnection,
    route: Route,
    *,
    device: str | None,
    sight: ColumnElement[bool] | None = None,
) -> Alias | None:
    """The alias of what was typed: the scanner's own before that of all."""
    group = route.requested_group or route.group
    if group is None:
        return None
    row = (
        await connection.execute(
            _rows(true() if sight is None else sight)
            .where(
                routing_alias.c.typed == typed_of(group, route.project),
                routing_alias.c.device.in_(("", device or "")),
            )
            .order_by(routing_alias.c.device.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else _alias(row)


async def list_aliases(guard: Guard, *, limit: int, after_id: str | None) -> list[Alias]:
    """The aliases that lead into groups the caller administers, oldest first."""
    query = _rows(guard.allowed_groups(container.c.group_id, "admin"))
    if after_id:
        query = query.where(routing_alias.c.id > after_id)
    rows = await guard.connection.execute(query.order_by(routing_alias.c.id).limit(limit))
    return [_alias(row) for row in rows]


async def remember(
    guard: Guard, *, group: str | None, project: str | None, device: str | None, target: Container
) -> Alias:
    """From now on this text leads to the target; whoever says so administers the target's group."""
    await guard.require_group(str(target.group_id), "admin")
    if group is None:
        raise AliasRefused("Nothing was typed that could be remembered: the string names no group.")
    typed = typed_of(group, project)
    if await _names_a_project(guard.connection, group, project):
        raise AliasRefused(f"'{typed}' is a project of its own: an alias would take its data away.")
    new = insert(routing_alias).values(
        id=new_id(), device=device or "", typed=typed, project_id=target.id, made_by=guard.identity.id
    )
    made = await guard.connection.execute(
        new.on_conflict_do_update(
            index_elements=[routing_alias.c.typed, routing_alias.c.device],
            set_={"project_id": new.excluded.project_id, "made_by": new.excluded.made_by},
        ).returning(routing_alias.c.id)
    )
    await guard.record("other_access", {**target.context, "routing_alias": {"label": typed}})
    row = await guard.connection.execute(_rows(routing_alias.c.id == made.scalar_one()))
    return _alias(row.one())


async def _names_a_project(connection: AsyncConnection, group: str, project: str | None) -> bool:
    if project is None:
        return False
    query = select(container.c.id).where(
        container.c.level == "project",
        container.c.group_id == group,
        func.lower(container.c.label) == project.lower(),
        LIVE,
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def forget(guard: Guard, alias_id: str) -> None:
    """Without this alias; administrators of the group it leads to may."""
    found = await guard.connection.execute(_rows(routing_alias.c.id == alias_id))
    row = found.one_or_none()
    guard.decided()
    if row is None:
        raise AliasMissing
    try:
        await guard.require_group(row.group_id, "admin")
    except NotFound:
        raise AliasMissing from None
    await guard.connection.execute(delete(routing_alias).where(routing_alias.c.id == alias_id))
    context = {"project": {"id": row.project_id}, "routing_alias": {"label": row.typed}}
    await guard.record("other_access", context)


def alias_doc(alias: Alias) -> dict[str, Any]:
    """One alias."""
    return {
        "_id": alias.id,
        "device": alias.device or None,
        "from": alias.typed,
        "to": f"{alias.group}/{alias.project}",
        "project": alias.project_id,
        "made_by": alias.made_by,
        "created": stamp(alias.created_at),
    }
