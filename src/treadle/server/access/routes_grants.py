"""Users' access to groups and their roles in projects."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from treadle.server.access import places
from treadle.server.access.grants import (
    add_grant,
    add_group_entry,
    change_grant,
    change_group_entry,
    get_group_entry,
    get_role_entry,
    list_group_entries,
    list_role_entries,
)
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.access.models import AccessDocument, RolesDocument
from treadle.server.access.roles import assignable
from treadle.server.access.tables import project_grant
from treadle.server.access.wire import (
    AccessChange,
    AccessInput,
    RolesChange,
    RolesInput,
    access_doc,
    roles_doc,
)
from treadle.server.wire.answer import Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["permissions"])

_GROUP = "/groups/{group_id}/permissions"
_PROJECT = "/projects/{project_id}/permissions"
_MODIFIED = {"modified": 1, "jobs_spawned": 0}


async def _administered(guard: Guard, group_id: str) -> places.Place:
    await guard.require_group(group_id, "admin")
    return await places.get_group(guard.connection, group_id, lock=True)


def _context(level: str, place: places.Place, user_id: str, **more: Any) -> dict[str, Any]:
    return {level: {"id": place.id, "label": place.label}, "user": {"id": user_id}, **more}


@router.get(_GROUP, response_model=list[AccessDocument], summary="A group's members")
async def list_group_permissions(group_id: str, guard: ScopedGuard) -> Response:
    """Everybody with access to the group."""
    await guard.require_group(group_id, "ro")
    await places.get_group(guard.connection, group_id)
    entries = await list_group_entries(guard.connection, group_id)
    return json_answer([access_doc(entry) for entry in entries])


@router.post(_GROUP, response_model=AccessDocument, summary="Let a user into a group")
async def add_group_permission(group_id: str, body: ObjectBody, guard: ScopedGuard) -> Response:
    """409 when they are in it already."""
    wanted = AccessInput.model_validate(body)
    group = await _administered(guard, group_id)
    entry = await add_group_entry(guard, group.id, wanted.id.lower(), wanted.access)
    context = _context("group", group, entry.user_id, access=entry.access)
    await guard.record("add_permission", context)
    return json_answer(access_doc(entry))


@router.get(f"{_GROUP}/{{user_id}}", response_model=AccessDocument, summary="A user's access to a group")
async def get_group_permission(group_id: str, user_id: str, guard: ScopedGuard) -> Response:
    """404 when they have none."""
    await guard.require_group(group_id, "ro")
    await places.get_group(guard.connection, group_id)
    return json_answer(access_doc(await get_group_entry(guard.connection, group_id, user_id.lower())))


@router.put(
    f"{_GROUP}/{{user_id}}", response_model=AccessDocument, summary="Change a user's access to a group"
)
async def put_group_permission(group_id: str, user_id: str, body: ObjectBody, guard: ScopedGuard) -> Response:
    """409 when it would leave the group without administrator."""
    wanted = AccessChange.model_validate(body)
    group = await _administered(guard, group_id)
    await change_group_entry(guard.connection, group.id, user_id.lower(), wanted.access)
    context = _context("group", group, user_id.lower(), access=wanted.access)
    await guard.record("modify_permission", context)
    return json_answer({"_id": user_id.lower(), "access": wanted.access})


@router.delete(f"{_GROUP}/{{user_id}}", response_model=Modified, summary="Take a user out of a group")
async def remove_group_permission(group_id: str, user_id: str, guard: ScopedGuard) -> Response:
    """409 when it would leave the group without administrator."""
    group = await _administered(guard, group_id)
    await change_group_entry(guard.connection, group.id, user_id.lower(), None)
    await guard.record("modify_permission", _context("group", group, user_id.lower(), access=None))
    return json_answer(_MODIFIED)


async def _managed(guard: Guard, project_id: str) -> places.Place:
    """The project, locked, when the caller may manage its users."""
    project = await places.get_project(guard.connection, project_id, lock=True)
    await guard.require("project_permissions_manage", project_id=project.id)
    return project


async def _seen(guard: Guard, project_id: str, *, own: bool = False) -> places.Place:
    project = await places.get_project(guard.connection, project_id)
    if own:
        await guard.require(project_id=project.id)
    else:
        await guard.require("project_permissions_view", project_id=project.id)
    return project


@router.get(_PROJECT, response_model=list[RolesDocument], summary="A project's users")
async def list_project_permissions(project_id: str, guard: ScopedGuard) -> Response:
    """Everybody with roles in the project."""
    project = await _seen(guard, project_id)
    entries = await list_role_entries(guard.connection, project_grant, project.id)
    return json_answer([roles_doc(entry) for entry in entries])


@router.post(_PROJECT, response_model=RolesDocument, summary="Let a user into a project")
async def add_project_permission(project_id: str, body: ObjectBody, guard: ScopedGuard) -> Response:
    """With roles whose every action the caller holds as well."""
    wanted = RolesInput.model_validate(body)
    project = await _managed(guard, project_id)
    role_ids = await assignable(guard.connection, project.group_id, wanted.wanted())
    entry = await add_grant(guard, project.id, wanted.id.lower(), role_ids)
    context = _context("project", project, entry.user_id, role_ids=role_ids)
    await guard.record("add_permission", context)
    return json_answer(roles_doc(entry))


@router.get(f"{_PROJECT}/{{user_id}}", response_model=RolesDocument, summary="A user's roles in a project")
async def get_project_permission(project_id: str, user_id: str, guard: ScopedGuard) -> Response:
    """Everybody may ask for their own."""
    user_id = user_id.lower()
    project = await _seen(guard, project_id, own=user_id == guard.identity.id)
    return json_answer(roles_doc(await get_role_entry(guard.connection, project_grant, project.id, user_id)))


@router.put(
    f"{_PROJECT}/{{user_id}}", response_model=RolesDocument, summary="Change a user's roles in a project"
)
async def put_project_permission(
    project_id: str, user_id: str, body: ObjectBody, guard: ScopedGuard
) -> Response:
    """Roles that are new to the user must not allow more than the caller holds."""
    wanted = RolesChange.model_validate(body)
    project = await _managed(guard, project_id)
    role_ids = await assignable(guard.connection, project.group_id, wanted.wanted())
    entry = await change_grant(guard, project.id, user_id.lower(), role_ids)
    context = _context("project", project, entry.user_id, role_ids=role_ids)
    await guard.record("modify_permission", context)
    return json_answer(roles_doc(entry))


@router.delete(f"{_PROJECT}/{{user_id}}", response_model=Modified, summary="Take a user out of a project")
async def remove_project_permission(project_id: str, user_id: str, guard: ScopedGuard) -> Response:
    """409 when nobody would be left who may manage its users."""
    project = await _managed(guard, project_id)
    entry = await change_grant(guard, project.id, user_id.lower(), None)
    await guard.record("modify_permission", _context("project", project, entry.user_id, role_ids=[]))
    return json_answer(_MODIFIED)
