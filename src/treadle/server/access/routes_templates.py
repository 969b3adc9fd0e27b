"""Who will be in a group's new projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from treadle.server.access import places
from treadle.server.access.grants import (
    RoleEntry,
    add_template_entry,
    change_template_entry,
    get_role_entry,
    list_role_entries,
    propagate,
)
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.access.models import RolesDocument
from treadle.server.access.roles import assignable
from treadle.server.access.tables import group_template
from treadle.server.access.wire import RolesChange, RolesInput, roles_doc
from treadle.server.wire.answer import Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(prefix="/groups/{group_id}/permissions/templates", tags=["permissions"])


async def _administered(guard: Guard, group_id: str) -> places.Place:
    await guard.require_group(group_id, "admin")
    return await places.get_group(guard.connection, group_id, lock=True)


async def _finish(
    request: Request, guard: Guard, group: places.Place, user_id: str, role_ids: Sequence[str] | None
) -> None:
    """Do the same in existing projects if asked, and say so in the access log."""
    if flag(request, "propagate"):
        project_ids = await places.lock_projects_of(guard.connection, group.id)
        await propagate(guard, project_ids, user_id, role_ids)
    context: dict[str, Any] = {
        "group": {"id": group.id, "label": group.label},
        "user": {"id": user_id},
        "template": True,
        "role_ids": list(role_ids or ()),
    }
    await guard.record("modify_permission", context)


@router.get("", response_model=list[RolesDocument], summary="A group's project template")
async def list_templates(group_id: str, guard: ScopedGuard) -> Response:
    """All users that new projects start with."""
    await guard.require_group(group_id, "ro")
    await places.get_group(guard.connection, group_id)
    entries = await list_role_entries(guard.connection, group_template, group_id)
    return json_answer([roles_doc(entry) for entry in entries])


@router.post("", response_model=RolesDocument, summary="Add a user to a group's project template")
async def add_template(request: Request, group_id: str, body: ObjectBody, guard: ScopedGuard) -> Response:
    """New projects start with this user; `propagate=true` adds them to existing projects too."""
    wanted = RolesInput.model_validate(body)
    group = await _administered(guard, group_id)
    role_ids = await assignable(guard.connection, group.id, wanted.wanted())
    entry = await add_template_entry(guard.connection, group.id, wanted.id.lower(), role_ids)
    await _finish(request, guard, group, entry.user_id, role_ids)
    return json_answer(roles_doc(entry))


@router.get("/{user_id}", response_model=RolesDocument, summary="A user in a group's project template")
async def get_template(group_id: str, user_id: str, guard: ScopedGuard) -> Response:
    """404 when they are not in it."""
    await guard.require_group(group_id, "ro")
    await places.get_group(guard.connection, group_id)
    return json_answer(
        roles_doc(await get_role_entry(guard.connection, group_template, group_id, user_id.lower()))
    )


@router.put("/{user_id}", response_model=RolesDocument, summary="Change a user in a group's project template")
async def put_template(
    request: Request, group_id: str, user_id: str, body: ObjectBody, guard: ScopedGuard
) -> Response:
    """`propagate=true` gives them these roles in existing projects too."""
    wanted = RolesChange.model_validate(body)
    group = await _administered(guard, group_id)
    role_ids = await assignable(guard.connection, group.id, wanted.wanted())
    entry: RoleEntry = await change_template_entry(guard.connection, group.id, user_id.lower(), role_ids)
    await _finish(request, guard, group, entry.user_id, role_ids)
    return json_answer(roles_doc(entry))


@router.delete("/{user_id}", response_model=Modified, summary="Take a user from a group's project template")
async def remove_template(request: Request, group_id: str, user_id: str, guard: ScopedGuard) -> Response:
    """`propagate=true` takes them out of existing projects too."""
    group = await _administered(guard, group_id)
    entry = await change_template_entry(guard.connection, group.id, user_id.lower(), None)
    await _finish(request, guard, group, entry.user_id, None)
    return json_answer({"modified": 1, "jobs_spawned": 0})
