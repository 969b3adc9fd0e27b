"""Saved views: of a project, group or other container, of a user alone, or of the whole site."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.access.tables import app_user
from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden, NotFound
from treadle.server.kit.ids import new_id
from treadle.server.search.errors import ViewMissing
from treadle.server.search.tables import data_view
from treadle.server.search.views.spec import ViewSpec
from treadle.server.wire.answer import stamp

Parent = tuple[str, str]  # type and id
SITE = "site"


async def find_parent(connection: AsyncConnection, parent_id: str) -> Parent:
    """What kind of thing the views of this id belong to; NotFound when there is none."""
    if parent_id == SITE:
        return SITE, SITE
    known = await connection.execute(
        select(app_user.c.id).where(app_user.c.id == parent_id.lower(), app_user.c.deleted_at.is_(None))
    )
    user = known.scalar_one_or_none()
    if user is not None:
        return "user", user
    return (await get_container(connection, parent_id)).level, parent_id


async def require(guard: Guard, parent: Parent, *, manage: bool) -> None:
    """Go on only when the caller may see (or change) the views of this parent."""
    kind, parent_id = parent
    if kind == "user":
        guard.decided()
        if guard.identity.id != parent_id and not guard.identity.is_site_admin:
            raise ContainerNotFound
    elif kind == SITE:
        guard.decided()
        if manage and not guard.identity.is_site_admin:
            raise Forbidden("Only a site administrator may change the views of the site.")
    else:
        await _require_container(guard, parent_id, manage=manage)


async def _require_container(guard: Guard, container_id: str, *, manage: bool) -> None:
    target = await get_container(guard.connection, container_id)
    if target.level == "group" and manage:
        await guard.require_group(target.id, "admin")
    elif target.level in ("group", "collection"):
        await rights.require(guard, target, "containers_view_metadata")
        if manage:
            await rights.require_collection(guard, target.id, "rw")
    else:
        await rights.require(guard, target, "data_views_manage" if manage else "data_views_view")


async def find(guard: Guard, view_id: str, *, manage: bool = False) -> Row[Any]:
    """The saved view, when the caller may see (or change) it."""
    guard.decided()  # of a view that is not there nothing can leak
    row = (await guard.connection.execute(select(data_view).where(data_view.c.id == view_id))).one_or_none()
    if row is None:
        raise ViewMissing
    parent = (row.parent_type, row.parent_id)
    try:
        await require(guard, parent, manage=False)
    except NotFound:
        raise ViewMissing from None
    if manage:
        await require(guard, parent, manage=True)
    return row


async def add(guard: Guard, parent: Parent, spec: ViewSpec) -> str:
    """The id of a new view."""
    view_id = new_id()
    origin_type, origin_id = guard.identity.origin
    await guard.connection.execute(
        insert(data_view).values(
            id=view_id,
            parent_type=parent[0],
            parent_id=parent[1],
            label=spec.label,
            description=spec.description,
            spec=spec.document,
            origin_type=origin_type,
            origin_id=origin_id,
        )
    )
    return view_id


async def listed(connection: AsyncConnection, parent: Parent) -> list[dict[str, Any]]:
    """The views of this parent, oldest first."""
    rows = await connection.execute(
        select(data_view)
        .where(data_view.c.parent_type == parent[0], data_view.c.parent_id == parent[1])
        .order_by(data_view.c.id)
    )
    return [document(row) for row in rows]


async def change(connection: AsyncConnection, view_id: str, spec: ViewSpec) -> None:
    """Another definition for the view."""
    await connection.execute(
        update(data_view)
        .where(data_view.c.id == view_id)
        .values(
            label=spec.label,
            description=spec.description,
            spec=spec.document,
            revision=data_view.c.revision + 1,
            modified_at=now(),
        )
    )


async def remove(connection: AsyncConnection, view_id: str) -> int:
    """Forget the view: how many there were."""
    return int((await connection.execute(delete(data_view).where(data_view.c.id == view_id))).rowcount)


def document(row: Row[Any]) -> dict[str, Any]:
    """The view as the clients read it."""
    return {
        **row.spec,
        "_id": row.id,
        "parent": row.parent_id,
        "label": row.label,
        "description": row.description,
        "origin": {"type": row.origin_type, "id": row.origin_id},
        "created": stamp(row.created_at),
        "modified": stamp(row.modified_at),
        "revision": row.revision,
    }
