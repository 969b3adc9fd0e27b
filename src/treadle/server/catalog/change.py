"""Change and delete calls: who may do it, and what a new parent key means (api.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.dicom.target import UNSORTED
from treadle.server.access.actions import Action
from treadle.server.access.audit import AccessType
from treadle.server.access.guard import Guard
from treadle.server.catalog import collections, rights, trash
from treadle.server.catalog.containers import (
    apply_changes,
    find_or_create_subject,
    get_container,
    modify_container,
)
from treadle.server.catalog.moves import move_container
from treadle.server.catalog.reasons import check_reason
from treadle.server.catalog.revision import require_revision
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import container
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Conflict, Forbidden, Invalid
from treadle.server.wire.answer import stamp

Body = Mapping[str, Any]


def _given(body: Body, name: str) -> str | None:
    value = body.get(name)
    if isinstance(value, Mapping):
        value = value.get("_id") or value.get("id")
    return str(value) if value else None


async def change_container(
    guard: Guard, target: Container, body: Body, *, expected_revision: int | None
) -> Container:
    """The container with the given fields, under the given parent."""
    await require_revision(guard.connection, container, target.id, expected_revision)
    await rights.require(guard, target, _modify_action(target))
    target = await _move(guard, target, body)
    if target.level == "collection" and body.get("contents"):
        await collections.change_contents(guard, target, body["contents"])
    changed = await modify_container(guard.connection, target, body)
    await guard.record("modify_container", changed.context)
    return changed


def _modify_action(target: Container) -> Action:
    return "analyses_modify_metadata" if target.level == "analysis" else "containers_modify_metadata"


async def _move(guard: Guard, target: Container, body: Body) -> Container:
    parent = await _new_parent(guard, target, body)
    if parent is None or parent.id == target.parent_id:
        return target
    leave: Action = (
        "containers_delete_project" if target.level == "project" else "containers_delete_hierarchy"
    )
    await rights.require(guard, target, leave)
    if parent.level == "group":
        await guard.require_group(parent.id, "admin")
    else:
        await rights.require(guard, parent, "containers_view_metadata", "containers_create_hierarchy")
    return await relocate(guard, target, parent)


async def relocate(guard: Guard, target: Container, parent: Container) -> Container:
    """The container under another parent; who asks has been found to be allowed."""
    if parent.id == target.parent_id:
        return target
    await guard.record("container_moved_away", target.context)
    moved = await move_container(guard.connection, target, parent=parent)
    await guard.record("container_moved_in", moved.context)
    return moved


async def _new_parent(guard: Guard, target: Container, body: Body) -> Container | None:
    """The container that the body's parent key names, or None when it names none."""
    match target.level:
        case "project" | "subject" | "acquisition":
            level = {"project": "group", "subject": "project", "acquisition": "session"}[target.level]
            wanted = _given(body, level)
            if wanted is None or wanted == target.parent_id:
                return None
            return await get_container(guard.connection, wanted, level=level)
        case "session":
            return await _subject_of_session(guard, target, body)
        case _:
            return None


async def _subject_of_session(guard: Guard, target: Container, body: Body) -> Container | None:
    subject_id, project_id = _given(body, "subject"), _given(body, "project")
    if subject_id is not None:
        subject = await get_container(guard.connection, subject_id, level="subject")
        if project_id is not None and subject.project_id != project_id:
            raise Invalid("The subject is not in this project.")
        return subject
    wanted = body.get("subject")
    labelled = isinstance(wanted, Mapping) and (wanted.get("label") or wanted.get("code"))
    if project_id in (None, target.project_id) and not labelled:
        return None
    project = await get_container(guard.connection, project_id or str(target.project_id), level="project")
    await rights.require(guard, project, "containers_view_metadata", "containers_create_hierarchy")
    if not labelled:
        here = await get_container(guard.connection, str(target.subject_id))
        wanted = {
            "label": here.label,
            **{name: here.doc.get(name) for name in ("code", "firstname", "lastname", "sex")},
        }
    return await find_or_create_subject(
        guard.connection, project=project, wanted=wanted, origin=guard.identity.origin
    )


LOCK_REASONS = ("data_review", "regulatory_audit", "research_suspended", "study_closed", "other")


async def lock_project(guard: Guard, target: Container, reason: Any) -> None:
    """No changes in the project from now on."""
    if target.group_id == rights.UNKNOWN_GROUP or target.label == UNSORTED:
        raise Conflict("This project takes the images that no other project takes; it cannot be locked.")
    if reason not in LOCK_REASONS:
        raise Invalid(f"'reason' must be one of: {', '.join(LOCK_REASONS)}.")
    kind, number = guard.identity.origin
    locked = {"reason": reason, "timestamp": stamp(now()), "origin": {"type": kind, "id": number}}
    await _set_locked(guard, target, locked)


async def unlock_project(guard: Guard, target: Container) -> None:
    """Changes are allowed again."""
    await _set_locked(guard, target, None)


async def _set_locked(guard: Guard, target: Container, locked: Mapping[str, Any] | None) -> None:
    changed = {"doc": container.c.doc.op("||")({"locked": locked})}
    await apply_changes(guard.connection, target, changed)
    await guard.record("modify_container", {**target.context, "locked": bool(locked)})


async def delete_container(guard: Guard, target: Container, *, reason: str | None) -> trash.Deletion:
    """The container and everything below it into the trash."""
    await _require_delete(guard, target)
    await check_reason(guard.connection, target.project_id, reason)
    entry = await trash.delete_container(
        guard.connection, target, origin=guard.identity.origin, reason=reason
    )
    kind: AccessType = "delete_analysis" if target.level == "analysis" else "delete_container"
    await guard.record(kind, {**target.context, "reason": reason})
    return entry


async def _require_delete(guard: Guard, target: Container) -> None:
    match target.level:
        case "group":
            await guard.require_group(target.id, "admin")
            if target.id == rights.UNKNOWN_GROUP:
                raise Conflict("The group 'unknown' cannot be deleted.")
            return
        case "collection":
            await rights.require_collection(guard, target.id, "admin")
            return
        case "analysis":
            await rights.require(guard, target, "analyses_delete")
            return
        case "project":
            await rights.require(guard, target, "containers_delete_project")
        case _:
            await rights.require(guard, target, "containers_delete_hierarchy")
    if await trash.has_device_data(guard.connection, target) and not await guard.may(
        "files_delete_device_data", project_id=target.project_id
    ):
        raise Forbidden(
            "It holds data from a device, which your roles do not let you delete.",
            reason="original_data_present",
        )


async def delete_file(guard: Guard, target: File, *, reason: str | None) -> None:
    """The file into the trash, when the caller may delete its kind of data."""
    device = target.origin_type == "device"
    await rights.require_file(
        guard, target, "files_delete_device_data" if device else "files_delete_non_device_data"
    )
    await check_reason(guard.connection, target.project_id, reason)
    await trash.delete_file(guard.connection, target, origin=guard.identity.origin, reason=reason)
    await guard.record("delete_file", {**target.context, "reason": reason})
