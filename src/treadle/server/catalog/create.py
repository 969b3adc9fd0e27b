"""Create calls: which parent a new container hangs on and who may make it (api.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.server.access.guard import Guard
from treadle.server.access.templates import apply_template, grant_group_admin
from treadle.server.catalog import rights
from treadle.server.catalog.containers import (
    clean_label,
    create_container,
    find_or_create_subject,
    get_container,
    read_values,
)
from treadle.server.catalog.rows import Container
from treadle.server.kit.errors import Forbidden, Invalid

Body = Mapping[str, Any]


def _reference(body: Body, name: str) -> str | None:
    """An id given as text or as `{_id}`."""
    value = body.get(name)
    if isinstance(value, Mapping):
        value = value.get("_id") or value.get("id")
    if value is not None and not isinstance(value, str):
        raise Invalid(f"'{name}' must be an id.")
    return value or None


def _needed(body: Body, name: str) -> str:
    found = _reference(body, name)
    if found is None:
        raise Invalid(f"'{name}' is required.")
    return found


async def create_group(guard: Guard, body: Body) -> Container:
    """A new group; the caller becomes its administrator."""
    guard.require_site_admin()
    group_id = str(body.get("_id") or body.get("id") or "")
    made = await create_container(
        guard.connection,
        level="group",
        parent=None,
        label=clean_label(body.get("label") or group_id),
        fields=body,
        origin=guard.identity.origin,
        container_id=group_id,
    )
    await grant_group_admin(guard.connection, group_id, guard.identity.id)
    return made


async def create_project(guard: Guard, body: Body, *, inherit: bool) -> Container:
    """A new project with the group's permission template; the caller becomes its administrator."""
    group_id, label = _needed(body, "group"), clean_label(body.get("label"))
    await guard.require_group(group_id, "admin")
    group = await get_container(guard.connection, group_id, level="group")
    if group.id == rights.UNKNOWN_GROUP:
        raise Forbidden("The group 'unknown' only holds what could not be routed.")
    made = await create_container(
        guard.connection,
        level="project",
        parent=group,
        label=label,
        fields=body,
        origin=guard.identity.origin,
    )
    await apply_template(
        guard.connection,
        group_id,
        made.id,
        guard.identity.id if guard.identity.kind == "user" else None,
        inherit=inherit,
    )
    return made


async def _project(guard: Guard, project_id: str) -> Container:
    return await rights.find(
        guard, project_id, "containers_view_metadata", "containers_create_hierarchy", level="project"
    )


async def create_subject(guard: Guard, body: Body) -> Container:
    """A new subject; label and code stand in for each other."""
    project = await _project(guard, _needed(body, "project"))
    return await create_container(
        guard.connection,
        level="subject",
        parent=project,
        label=clean_label(body.get("label") or body.get("code")),
        fields={**body, "code": body.get("code") or body.get("label")},
        origin=guard.identity.origin,
    )


async def create_session(guard: Guard, body: Body) -> Container:
    """A new session on a given, found or new subject."""
    label = clean_label(body.get("label"))
    read_values("session", body)
    subject = await _subject_for(guard, body)
    return await create_container(
        guard.connection,
        level="session",
        parent=subject,
        label=label,
        fields=body,
        origin=guard.identity.origin,
    )


async def _subject_for(guard: Guard, body: Body) -> Container:
    subject_id = _reference(body, "subject")
    project_id = _reference(body, "project")
    if subject_id is not None:
        subject = await get_container(guard.connection, subject_id, level="subject")
        await rights.require(guard, subject, "containers_view_metadata", "containers_create_hierarchy")
        if project_id is not None and project_id != subject.project_id:
            raise Invalid("The subject is not in this project.")
        return subject
    if project_id is None:
        raise Invalid("'project' or 'subject' is required.")
    project = await _project(guard, project_id)
    wanted = body.get("subject") if isinstance(body.get("subject"), Mapping) else None
    return await find_or_create_subject(
        guard.connection, project=project, wanted=wanted, origin=guard.identity.origin
    )


async def create_acquisition(guard: Guard, body: Body) -> Container:
    """A new acquisition of a session."""
    label = clean_label(body.get("label"))
    session = await rights.find(
        guard,
        _needed(body, "session"),
        "containers_view_metadata",
        "containers_create_hierarchy",
        level="session",
    )
    return await create_container(
        guard.connection,
        level="acquisition",
        parent=session,
        label=label,
        fields=body,
        origin=guard.identity.origin,
    )
