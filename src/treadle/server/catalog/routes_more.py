"""Endpoints of collection permissions, locks and the trash."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from sqlalchemy import true

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import change, collections, rights, trash
from treadle.server.catalog.errors import DeletionNotFound
from treadle.server.catalog.models import (
    AccessEntry,
    DeletionDocument,
)
from treadle.server.catalog.tables import deletion
from treadle.server.kit.errors import Conflict, Invalid, NotFound
from treadle.server.wire.answer import Modified, json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router()


_ENTRY = "/collections/{id}/permissions/{user}"


@router.post(
    "/collections/{id}/permissions",
    tags=["permissions"],
    response_model=AccessEntry,
    operation_id="add_collection_permission",
)
async def share(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Share the collection with a user."""
    await rights.find(guard, id, level="collection")
    await rights.require_collection(guard, id, "admin")
    user = str(body.get("_id") or "").lower()
    if not user:
        raise Invalid("'_id' (the user) is required.")
    if await rights.collection_level(guard.connection, id, user) is not None:
        raise Conflict("This user has access already; change it instead.")
    await collections.grant(guard.connection, id, user, body.get("access"))
    await guard.record("add_permission", {"collection": {"id": id}, "user": {"id": user}})
    return json_answer({"_id": user, "access": body.get("access")})


@router.get(
    _ENTRY, tags=["permissions"], response_model=AccessEntry, operation_id="get_collection_user_permission"
)
async def shared(guard: ScopedGuard, id: str, user: str) -> Response:
    """A user's access to the collection."""
    await rights.find(guard, id, level="collection")
    return json_answer({"_id": user, "access": await collections.granted(guard.connection, id, user)})


@router.put(
    _ENTRY,
    tags=["permissions"],
    response_model=AccessEntry,
    operation_id="modify_collection_user_permission",
)
async def reshare(guard: ScopedGuard, id: str, user: str, body: ObjectBody) -> Response:
    """Another access for a user."""
    await rights.find(guard, id, level="collection")
    await rights.require_collection(guard, id, "admin")
    await collections.granted(guard.connection, id, user)
    await collections.grant(guard.connection, id, user, body.get("access"))
    await guard.record("modify_permission", {"collection": {"id": id}, "user": {"id": user}})
    return json_answer({"_id": user, "access": body.get("access")})


@router.delete(
    _ENTRY, tags=["permissions"], response_model=Modified, operation_id="delete_collection_user_permission"
)
async def unshare(guard: ScopedGuard, id: str, user: str) -> Response:
    """Take a user's access away."""
    await rights.find(guard, id, level="collection")
    await rights.require_collection(guard, id, "admin")
    await collections.revoke(guard.connection, id, user)
    await guard.record("modify_permission", {"collection": {"id": id}, "user": {"id": user}})
    return json_answer({"modified": 1, "jobs_spawned": 0})


def _entry(item: trash.Deletion) -> dict[str, Any]:
    return {
        "_id": item.id,
        "kind": item.kind,
        "target": item.target_id,
        "label": item.label,
        "project": item.project_id,
        "reason": item.reason,
        "containers": item.containers,
        "files": item.files,
        "deleted": stamp(item.deleted_at),
        "origin": {"type": item.origin[0], "id": item.origin[1]},
    }


@router.post("/projects/{id}/lock", tags=["settings"], response_model=Modified, operation_id="lock_project")
async def lock(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Refuse every change in the project from now on: `{reason}`."""
    target = await rights.find(guard, id, level="project")
    await guard.require("settings_modify", project_id=target.id)
    await change.lock_project(guard, target, body.get("reason", "other"))
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.delete(
    "/projects/{id}/lock", tags=["settings"], response_model=Modified, operation_id="unlock_project"
)
async def unlock(guard: ScopedGuard, id: str) -> Response:
    """Allow changes again."""
    target = await rights.find(guard, id, level="project")
    await guard.require("settings_modify", project_id=target.id)
    if target.doc.get("locked"):
        await change.unlock_project(guard, target)
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.get("/x/trash", tags=["trash"], response_model=list[DeletionDocument], operation_id="list_trash")
async def list_trash(
    guard: ScopedGuard, project: str | None = None, limit: str | None = None, before: str | None = None
) -> Response:
    """What was deleted and can still be restored, newest first."""
    visible = guard.allowed(deletion.c.project_id, "containers_delete_hierarchy")
    if project:
        visible &= deletion.c.project_id == project
    rows = await trash.list_deletions(
        guard.connection,
        visible=visible if not guard.identity.is_site_admin or project else true(),
        limit=min(read_count(limit, "limit") or 100, 1000),
        before=before,
    )
    return json_answer(list(map(_entry, rows)))


@router.post(
    "/x/trash/{id}/restore", response_model=DeletionDocument, tags=["trash"], operation_id="restore_trash"
)
async def restore(guard: ScopedGuard, id: str) -> Response:
    """Everything one delete call took away, back where it was."""
    entry = await trash.get_deletion(guard.connection, id)
    action: Any = "containers_delete_project" if entry.kind == "project" else "containers_delete_hierarchy"
    try:  # what lay in no project is for site administrators; others do not learn of it
        await guard.require(action, project_id=entry.project_id)
    except NotFound:
        raise DeletionNotFound from None
    if entry.project_id is not None:
        await rights.refuse_locked(guard.connection, entry.project_id)
    await trash.restore(guard.connection, entry)
    await guard.record("restore", {entry.kind: {"id": entry.target_id, "label": entry.label}})
    return json_answer(_entry(entry))
