"""From a container to the question its guard must be asked: the project decides, or the group or collection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import Action
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.errors import FileMissing, ProjectLocked
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import collection_access, container
from treadle.server.kit.errors import Forbidden

# What an action inside a project amounts to on a group and on a collection.
# Group of the people whose jobs `fw-hpc-client` lets onto a cluster, when it is told to look.
CLUSTER_USERS = "hpc-whitelist"
_READING = (
    "containers_view_metadata",
    "files_view_metadata",
    "tags_view",
    "notes_view",
    "analyses_view_metadata",
)
# What a locked project refuses; reading, downloading and sharing go on.
_CHANGING: frozenset[Action] = frozenset(
    {
        "containers_create_hierarchy",
        "containers_modify_metadata",
        "containers_delete_hierarchy",
        "containers_delete_project",
        "analyses_create_sdk",
        "analyses_create_job",
        "analyses_modify_metadata",
        "analyses_delete",
        "files_create_single",
        "files_create_bulk",
        "files_modify_metadata",
        "files_move",
        "files_delete_non_device_data",
        "files_delete_device_data",
        "tags_manage",
        "notes_manage",
        "session_templates_manage",
        "jobs_manage",
        "settings_modify",
        "annotations_manage",
        "annotations_edit_others",
        "annotations_delete_others",
    }
)
_RANK = {"ro": 1, "rw": 2, "admin": 3}
UNKNOWN_GROUP = "unknown"


async def require(guard: Guard, target: Container, *actions: Action) -> None:
    """Go on only when the caller may do this to the container; what they cannot see answers as if it were not there."""
    reading = all(action in _READING for action in actions)
    if target.level == "group":
        await _require_group(guard, target, reading=reading)
    elif target.level == "collection" or (target.level == "analysis" and target.project_id is None):
        collection_id = target.id if target.level == "collection" else target.parent_id
        await _require_collection(guard, str(collection_id), "ro" if reading else "rw")
    else:
        if not await _sees(guard, target.project_id, in_analysis=target.level == "analysis"):
            raise ContainerNotFound
        await _require_in_project(guard, target.project_id, *actions)


async def _require_in_project(guard: Guard, project_id: str | None, *actions: Action) -> None:
    await guard.require(*actions, project_id=project_id)
    if not _CHANGING.isdisjoint(actions):
        await refuse_locked(guard.connection, project_id)


async def refuse_locked(connection: AsyncConnection, project_id: str | None) -> None:
    """Nothing in a locked project is added, changed or deleted, whoever asks."""
    if project_id is None:
        return
    found = await connection.execute(
        select(container.c.doc["locked"]["reason"].astext).where(container.c.id == project_id)
    )
    reason = found.scalar_one_or_none()
    if reason is not None:
        raise ProjectLocked(f"The project is locked ({reason.replace('_', ' ')}); unlock it first.")


async def require_file(guard: Guard, target: File, *actions: Action) -> None:
    """Go on only when the caller may do this to the file."""
    if target.project_id is not None:
        if not await _sees(guard, target.project_id, in_analysis=target.analysis_id is not None):
            raise FileMissing
        await _require_in_project(guard, target.project_id, *actions)
        return
    parent = await get_container(guard.connection, target.parent_id)
    try:
        await require(guard, parent, *actions)
    except ContainerNotFound:
        raise FileMissing from None


async def sees(guard: Guard, target: Container) -> bool:
    """Whether the caller may know of the container."""
    try:
        await require(guard, target, "containers_view_metadata")
    except ContainerNotFound:
        return False
    return True


async def sees_file(guard: Guard, target: File) -> bool:
    """Whether the caller may know of the file."""
    try:
        await require_file(guard, target, "files_view_metadata")
    except FileMissing:
        return False
    return True


async def _sees(guard: Guard, project_id: str | None, *, in_analysis: bool) -> bool:
    """Whether the caller sees things of the project; analyses can be hidden from a role (roles.md 4.1)."""
    wanted: Action = "analyses_view_metadata" if in_analysis else "containers_view_metadata"
    return await guard.may("containers_view_metadata", project_id=project_id) and await guard.may(
        wanted, project_id=project_id
    )


async def require_writer(guard: Guard, target: Container, writer: str | None) -> None:
    """Go on as the note's writer, or as an administrator of the project or collection it is in."""
    if writer == guard.identity.id or guard.identity.is_site_admin:
        return
    if target.project_id is None:
        collection_id = target.id if target.level == "collection" else target.parent_id
        await _require_collection(guard, str(collection_id), "admin")
    elif not await guard.may("project_permissions_manage", project_id=target.project_id):
        raise Forbidden("Only its writer or an administrator of the project may change this note.")


async def _require_group(guard: Guard, target: Container, *, reading: bool) -> None:
    if not reading:
        await guard.require_group(target.id, "rw")
        return
    guard.decided()
    seen = await guard.connection.execute(
        select(container.c.id).where(container.c.id == target.id, visible_groups(guard))
    )
    if seen.first() is None:
        raise ContainerNotFound


def visible_groups(guard: Guard) -> ColumnElement[bool]:
    """SQL condition: groups the caller has access to, or a project in; engines: who may use the cluster."""
    if guard.identity.is_engine:
        return container.c.id == CLUSTER_USERS
    if guard.identity.is_site_admin:
        return guard.allowed_groups(container.c.id)
    inner = container.alias()
    with_project = (
        select(inner.c.id)
        .where(
            inner.c.group_id == container.c.id,  # one group at a time, to the first project that will do
            inner.c.level == "project",
            inner.c.deleted_at.is_(None),
            guard.allowed(inner.c.project_id),
        )
        .correlate(container)
        .exists()
    )
    return guard.allowed_groups(container.c.id) | with_project


def visible(guard: Guard, level: str, action: Action = "containers_view_metadata") -> ColumnElement[bool]:
    """SQL condition on containers of a level: those the caller may see."""
    if level == "group":
        return visible_groups(guard)
    if level == "collection":
        return visible_collections(guard, container.c.id)
    if level == "analysis":
        return guard.allowed(container.c.project_id, "analyses_view_metadata") | (
            container.c.project_id.is_(None) & visible_collections(guard, container.c.parent_id)
        )
    return guard.allowed(container.c.project_id, action)


def visible_collections(guard: Guard, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL condition: collections shared with the caller."""
    guard.decided()
    if guard.identity.is_site_admin:
        return column.is_not(None)
    return column.in_(
        select(collection_access.c.collection_id).where(collection_access.c.user_id == guard.identity.person)
    )


async def collection_level(connection: AsyncConnection, collection_id: str, user_id: str) -> str | None:
    """The user's access to the collection."""
    found = await connection.execute(
        select(collection_access.c.access).where(
            collection_access.c.collection_id == collection_id, collection_access.c.user_id == user_id
        )
    )
    return found.scalar_one_or_none()


async def _require_collection(guard: Guard, collection_id: str, access: str) -> None:
    guard.decided()
    if guard.identity.is_site_admin:
        return
    level = await collection_level(guard.connection, collection_id, guard.identity.person)
    if level is None:
        raise ContainerNotFound
    if _RANK[level] < _RANK[access]:
        raise Forbidden(f"This needs '{access}' access to the collection; you have '{level}'.")


async def require_collection(guard: Guard, collection_id: str, access: str) -> None:
    """Go on only with at least this access to the collection."""
    await _require_collection(guard, collection_id, access)


async def find(guard: Guard, container_id: str, *actions: Action, level: str | None = None) -> Container:
    """The container, when the caller may do this to it; the one way endpoints load containers."""
    target = await get_container(guard.connection, container_id, level=level)
    await require(guard, target, *(actions or ("containers_view_metadata",)))
    return target
