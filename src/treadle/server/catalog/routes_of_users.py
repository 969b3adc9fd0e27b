"""Endpoints of what a user has a part in (api.md 17)."""

from __future__ import annotations

from fastapi import Request, Response
from sqlalchemy import ColumnElement, select

from treadle.server.access.guard import Guard, ScopedGuard, projects_of_user
from treadle.server.access.tables import group_access
from treadle.server.access.users import get_user
from treadle.server.catalog import rights
from treadle.server.catalog.answer import answer_containers
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.listing import container_source
from treadle.server.catalog.models import list_of
from treadle.server.catalog.tables import collection_access, container
from treadle.server.kit.errors import Forbidden
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing
from treadle.server.wire.routing import Router

router = Router(tags=["users"])


async def _whose(guard: Guard, user_id: str) -> str:
    """The user asked for: everybody about themselves, site administrators about anybody."""
    guard.decided()
    wanted = guard.identity.id if user_id == "self" else user_id.lower()
    if wanted != guard.identity.id and not guard.identity.is_site_admin:
        raise Forbidden("Only a site administrator may see what others have a part in.")
    return (await get_user(guard.connection, wanted)).id


def _part_of(level: str, user_id: str) -> ColumnElement[bool]:
    if level == "group":
        return container.c.id.in_(select(group_access.c.group_id).where(group_access.c.user_id == user_id))
    if level == "collection":
        shared = collection_access.c.user_id == user_id
        return container.c.id.in_(select(collection_access.c.collection_id).where(shared))
    return container.c.project_id.in_(projects_of_user(user_id, "containers_view_metadata"))


def _lists(level: str) -> None:
    plural = LEVELS[level].plural

    @router.get(f"/users/{{id}}/{plural}", response_model=list_of(level), operation_id=f"get_user_{plural}")
    async def of_user(
        request: Request, guard: ScopedGuard, query: Listing, client: ClientDialect, id: str
    ) -> Response:
        scope = _part_of(level, await _whose(guard, id)) & rights.visible(guard, level)
        plain = type(client)(client.version, client.features - {"pagination"})
        return await answer_containers(request, guard, container_source(level, scope), query, plain)


for _level in ("group", "project", "session", "acquisition", "collection"):
    _lists(_level)
