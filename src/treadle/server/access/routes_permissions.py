"""What may I do?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from treadle.server.access import dialect, places
from treadle.server.access.guard import Guard, UserGuard, granted_projects
from treadle.server.access.identity import Scope
from treadle.server.access.models import SelfPermissions
from treadle.server.access.roles import role_columns
from treadle.server.access.tables import group_access, project_grant, role
from treadle.server.access.wire import Check
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ListBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.routing import Router

router = Router(prefix="/permissions", tags=["permissions"])


@router.get("/self", response_model=SelfPermissions, summary="What the caller may do")
async def own_permissions(client: ClientDialect, guard: UserGuard) -> Response:
    """Site roles, access to groups, roles and actions in projects; administrators may do everything."""
    user_id = guard.require_user()
    groups = await guard.connection.execute(
        select(group_access.c.group_id, group_access.c.access)
        .join(places.container, places.container.c.id == group_access.c.group_id)
        .where(group_access.c.user_id == guard.identity.person, places.living("group"))
    )
    return json_answer(
        {
            "site_roles": list(guard.identity.roles),
            "groups": {row.group_id: row.access for row in groups},
            "projects": await _projects(guard, user_id, client.major),
        }
    )


async def _projects(guard: Guard, user_id: str, major: int) -> dict[str, Any]:
    rows = await guard.connection.execute(
        select(project_grant.c.project_id, project_grant.c.role_ids)
        .join(places.container, places.container.c.id == project_grant.c.project_id)
        .where(project_grant.c.user_id == user_id, places.living("project"))
    )
    held = {row.project_id: row.role_ids for row in rows}
    wanted = {role_id for role_ids in held.values() for role_id in role_ids}
    known = await guard.connection.execute(select(*role_columns()).where(role.c.id.in_(wanted)))
    actions = {row.id: row.actions for row in known}
    scope = guard.identity.scope or Scope()
    answer = {}
    for project_id, role_ids in held.items():
        whole = frozenset(action for role_id in role_ids for action in actions.get(role_id, ()))
        if left := scope.within(project_id, whole):
            answer[project_id] = {"role_ids": role_ids, "actions": dialect.shown(sorted(left), major)}
    return answer


async def _require_all(guard: Guard, action: str, project_ids: Collection[str]) -> None:
    """Go on only when the caller holds what the name stands for in every project."""
    if not project_ids:
        raise Invalid("Name at least one project.")
    wanted = dialect.read([action])
    guard.require_user()
    if guard.identity.is_site_admin:
        return
    for name in wanted:
        held = await guard.connection.execute(granted_projects(guard.identity, name))
        if not set(project_ids) <= set(held.scalars()):
            raise Forbidden(f"You do not hold '{action}' in all of these projects.", action=action)


@router.put("/check", status_code=204, summary="May the caller do all of this?")
async def check_many(body: ListBody, guard: UserGuard) -> Response:
    """204 when all is allowed, 403 when anything is not."""
    if not body:
        raise Invalid("Name at least one action with its projects.")
    for item in body:
        wanted = Check.model_validate(item)
        await _require_all(guard, wanted.action, wanted.project_ids)
    return Response(status_code=204)


@router.get("/check/{action}", status_code=204, summary="May the caller do this?")
async def check_one(request: Request, action: str, guard: UserGuard) -> Response:
    """In each `project_id` of the query: 204, or 403 when it is not allowed in one."""
    named = [part for text in request.query_params.getlist("project_id") for part in text.split(",")]
    await _require_all(guard, action, [part for part in named if part])
    return Response(status_code=204)
