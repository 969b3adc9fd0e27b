"""The series of a gear: who may run it (gears.md 3)."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import UserGuard
from treadle.server.access.tables import app_user
from treadle.server.catalog.queries import containers_by_ids
from treadle.server.gears.change import (
    Kind,
    Series,
    change_series,
    forbid,
    permit,
    require_maintainer,
    series_by_name,
)
from treadle.server.gears.models import GearSeriesDocument
from treadle.server.kit.errors import Invalid, NotFound
from treadle.server.wire.answer import Deleted, json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["gears"])
_PERMISSIONS = "/gears/{name}/permissions"
_MOST = 10_000


def _document(series: Series) -> dict[str, Any]:
    return {
        "_id": series.id,
        "name": series.name,
        "is_restricted": series.is_restricted,
        "permissions": {"users": series.user_ids, "projects": series.project_ids},
        "created": stamp(series.created_at),
        "modified": stamp(series.modified_at),
    }


@router.get("/gears/{name}/series", response_model=GearSeriesDocument, operation_id="get_gear_series")
async def read(guard: UserGuard, name: str) -> Response:
    """The series of this name and who may run it."""
    return json_answer(_document(await series_by_name(guard.connection, name)))


@router.put("/gears/{name}/series", response_model=GearSeriesDocument, operation_id="modify_gear_series")
async def change(guard: UserGuard, name: str, body: ObjectBody) -> Response:
    """Restrict the gear to those permitted, or open it to everybody: `{is_restricted}`."""
    await require_maintainer(guard, name)
    wanted = body.get("is_restricted")
    if not isinstance(wanted, bool):
        raise Invalid("'is_restricted' must be true or false.")
    return json_answer(_document(await change_series(guard.connection, name, is_restricted=wanted)))


@router.put(_PERMISSIONS, response_model=GearSeriesDocument, operation_id="replace_gear_permissions")
async def replace(guard: UserGuard, name: str, body: ObjectBody) -> Response:
    """Restrict the gear to these: `{users, projects}`."""
    await require_maintainer(guard, name)
    users, projects = _ids(body, "users"), _ids(body, "projects")
    await _check_users(guard.connection, users)
    await _check_projects(guard.connection, projects)
    changed = await change_series(
        guard.connection, name, user_ids=users, project_ids=projects, is_restricted=True
    )
    await guard.record("modify_permission", {"gear": {"name": name}})
    return json_answer(_document(changed))


@router.delete(_PERMISSIONS, response_model=Deleted, operation_id="delete_gear_permissions")
async def clear(guard: UserGuard, name: str) -> Response:
    """Forget who was permitted and open the gear to everybody."""
    series = await require_maintainer(guard, name)
    await change_series(guard.connection, name, user_ids=[], project_ids=[], is_restricted=False)
    await guard.record("modify_permission", {"gear": {"name": name}})
    return json_answer({"deleted": len(series.user_ids) + len(series.project_ids)})


@router.put(_PERMISSIONS + "/{kind}", response_model=GearSeriesDocument, operation_id="add_gear_permission")
async def add(guard: UserGuard, name: str, kind: Kind, body: ObjectBody) -> Response:
    """Permit one more user or project, and restrict the gear: `{id}`."""
    await require_maintainer(guard, name)
    entry = body.get("id")
    if not isinstance(entry, str) or not entry:
        raise Invalid("'id' (of the user or project) is required.")
    if kind == "users":
        await _check_users(guard.connection, [entry := entry.lower()])
    else:
        await _check_projects(guard.connection, [entry])
    changed = await permit(guard.connection, name, kind, entry)
    await guard.record("add_permission", {"gear": {"name": name}, kind[:-1]: {"id": entry}})
    return json_answer(_document(changed))


@router.delete(
    _PERMISSIONS + "/{kind}/{entry}", response_model=Deleted, operation_id="delete_gear_permission"
)
async def remove(guard: UserGuard, name: str, kind: Kind, entry: str) -> Response:
    """One user or project may no longer run the gear; it stays restricted."""
    before = await require_maintainer(guard, name)
    after = await forbid(guard.connection, name, kind, entry.lower())
    await guard.record("modify_permission", {"gear": {"name": name}, kind[:-1]: {"id": entry}})
    removed = len(before.user_ids + before.project_ids) - len(after.user_ids + after.project_ids)
    return json_answer({"deleted": removed})


def _ids(body: dict[str, Any], key: str) -> list[str]:
    found = body.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found) or len(found) > _MOST:
        raise Invalid(f"'{key}' must be a list of ids.")
    return list(dict.fromkeys(one.lower() for one in found))


async def _check_users(connection: AsyncConnection, user_ids: list[str]) -> None:
    known = select(func.array_agg(app_user.c.id)).where(
        app_user.c.id.in_(user_ids), app_user.c.deleted_at.is_(None)
    )
    there = set((await connection.execute(known)).scalar_one() or ())
    missing = [one for one in user_ids if one not in there]
    if missing:
        raise NotFound(f"There is no user '{missing[0]}'.")


async def _check_projects(connection: AsyncConnection, project_ids: list[str]) -> None:
    found = await containers_by_ids(connection, project_ids)
    for one in project_ids:
        if one not in found or found[one].level != "project":
            raise NotFound(f"There is no project '{one}'.")
