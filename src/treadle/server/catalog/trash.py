"""Deleting, restoring and purging: what one call took away comes back together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.templates import remove_grants_of_group, remove_grants_of_project
from treadle.server.catalog import history, queries
from treadle.server.catalog.containers import announce, get_container
from treadle.server.catalog.errors import DeletionNotFound, FileMissing, LabelTaken, NameTaken, NotEmpty
from treadle.server.catalog.files import announce_file
from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import change_log, container, deletion, file
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_id


@dataclass(frozen=True)
class Deletion:
    """One entry of the trash."""

    id: str
    kind: str
    target_id: str
    label: str
    project_id: str | None
    reason: str | None
    containers: int
    files: int
    deleted_at: datetime
    origin: tuple[str, str | None]


async def has_device_data(connection: AsyncConnection, target: Container) -> bool:
    """Whether a file of the container or below came from a device."""
    found = await connection.execute(
        select(file.c.id)
        .where(
            queries.files_below(target.level, target.id), queries.LIVE_FILE, file.c.origin_type == "device"
        )
        .limit(1)
    )
    return found.first() is not None


async def delete_container(
    connection: AsyncConnection, target: Container, *, origin: tuple[str, str | None], reason: str | None
) -> Deletion:
    """The container and everything below it into the trash; of several at once only one finds it."""
    target = await get_container(connection, target.id, lock=True)
    if target.level == "group":
        scope = (container.c.group_id == target.id) & (container.c.level == "project") & queries.LIVE
        if (await connection.execute(select(container.c.id).where(scope).limit(1))).first():
            raise NotEmpty
    deletion_id, at = new_id(), now()
    marks: dict[str, Any] = {"deleted_at": at, "deletion_id": deletion_id}
    condition = queries.below(target.level, target.id)
    if target.level not in ("analysis", "collection"):
        below_ids = select(container.c.id).where(condition, queries.LIVE)
        condition |= (container.c.level == "analysis") & container.c.parent_id.in_(below_ids)
    containers = await connection.execute(update(container).where(condition, queries.LIVE).values(**marks))
    files = await connection.execute(
        update(file)
        .where(queries.files_below(target.level, target.id), file.c.deleted_at.is_(None))
        .values(**marks)
    )
    entry = Deletion(
        id=deletion_id,
        kind=target.level,
        target_id=target.id,
        label=target.label,
        project_id=target.project_id,
        reason=reason,
        containers=containers.rowcount,
        files=files.rowcount,
        deleted_at=at,
        origin=origin,
    )
    await _keep(connection, entry)
    await history.note(connection, "DELETE", target, {}, reason=reason)
    await announce(connection, "container.deleted", target)
    return entry


async def delete_file(
    connection: AsyncConnection, target: File, *, origin: tuple[str, str | None], reason: str | None
) -> Deletion:
    """The file with all its versions into the trash."""
    deletion_id, at = new_id(), now()
    gone = await connection.execute(
        update(file)
        .where(file.c.file_id == target.file_id, file.c.deleted_at.is_(None))
        .values(deleted_at=at, deletion_id=deletion_id)
    )
    if not gone.rowcount:
        raise FileMissing
    entry = Deletion(
        id=deletion_id,
        kind="file",
        target_id=target.file_id,
        label=target.name,
        project_id=target.project_id,
        reason=reason,
        containers=0,
        files=gone.rowcount,
        deleted_at=at,
        origin=origin,
    )
    await _keep(connection, entry)
    await history.note(connection, "DELETE", target, {}, reason=reason)
    await announce_file(connection, "file.deleted", target)
    return entry


async def _keep(connection: AsyncConnection, entry: Deletion) -> None:
    await connection.execute(
        insert(deletion).values(
            id=entry.id,
            kind=entry.kind,
            target_id=entry.target_id,
            label=entry.label,
            project_id=entry.project_id,
            origin_type=entry.origin[0],
            origin_id=entry.origin[1],
            reason=entry.reason,
            containers=entry.containers,
            files=entry.files,
            deleted_at=entry.deleted_at,
        )
    )


def _as_deletion(row: Any) -> Deletion:
    return Deletion(
        id=row.id,
        kind=row.kind,
        target_id=row.target_id,
        label=row.label,
        project_id=row.project_id,
        reason=row.reason,
        containers=row.containers,
        files=row.files,
        deleted_at=row.deleted_at,
        origin=(row.origin_type, row.origin_id),
    )


async def list_deletions(
    connection: AsyncConnection, *, visible: ColumnElement[bool], limit: int, before: str | None
) -> list[Deletion]:
    """Entries of the trash, newest first."""
    query = select(deletion).where(visible).order_by(deletion.c.id.desc()).limit(limit)
    if before:
        query = query.where(deletion.c.id < before)
    return [_as_deletion(row) for row in await connection.execute(query)]


async def is_deleted(connection: AsyncConnection, kind: str, target_id: str) -> bool:
    """Whether this is in the trash."""
    entry = select(deletion.c.id).where(deletion.c.kind == kind, deletion.c.target_id == target_id).limit(1)
    return (await connection.execute(entry)).first() is not None


async def get_deletion(connection: AsyncConnection, deletion_id: str) -> Deletion:
    """One entry of the trash, held until the transaction ends."""
    row = (
        await connection.execute(select(deletion).where(deletion.c.id == deletion_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise DeletionNotFound
    return _as_deletion(row)


async def restore(connection: AsyncConnection, entry: Deletion) -> None:
    """Everything of the entry back where it was; refused while something else has taken its place."""
    if entry.kind == "file":
        await _restore_files(connection, entry)
    else:
        await _restore_containers(connection, entry)
    await connection.execute(delete(deletion).where(deletion.c.id == entry.id))


async def _restore_files(connection: AsyncConnection, entry: Deletion) -> None:
    rows = await connection.execute(select(file).where(file.c.deletion_id == entry.id, file.c.is_current))
    targets = list(map(as_file, rows))
    for target in targets:
        parent = await queries.container_by_id(connection, target.parent_id)
        if parent is None:
            raise ContainerNotFound("The container of this file is deleted; restore it first.")
        taken = select(file.c.id).where(
            file.c.parent_id == target.parent_id, file.c.name == target.name, queries.LIVE_FILE
        )
        if (await connection.execute(taken)).first():
            raise NameTaken(f"A file named '{target.name}' is there again; rename it first.")
    await _unmark(connection, entry)
    for target in targets:
        await history.note(connection, "UPDATE", target, {"deleted": None})
        await announce_file(connection, "file.created", target)


async def _restore_containers(connection: AsyncConnection, entry: Deletion) -> None:
    row = (await connection.execute(select(container).where(container.c.id == entry.target_id))).one_or_none()
    if row is None:
        raise ContainerNotFound
    target = as_container(row)
    if target.parent_id and await queries.container_by_id(connection, target.parent_id) is None:
        raise ContainerNotFound(f"The {target.parent_level} above is deleted; restore it first.")
    if target.level in ("project", "subject"):
        scope = container.c.parent_id == target.parent_id
        if await queries.child_by_label(connection, level=target.level, scope=scope, label=target.label):
            raise LabelTaken(f"Another {target.level} '{target.label}' is there now; rename it first.")
    await _unmark(connection, entry)
    await history.note(connection, "UPDATE", target, {"deleted": None})
    await announce(connection, "container.restored", target)


async def _unmark(connection: AsyncConnection, entry: Deletion) -> None:
    for table in (container, file):
        await connection.execute(
            update(table).where(table.c.deletion_id == entry.id).values(deleted_at=None, deletion_id=None)
        )


async def purge(connection: AsyncConnection, *, older_than: timedelta, limit: int = 20) -> int:
    """Remove the oldest expired entries for good; their contents become collectable."""
    rows = await connection.execute(
        select(deletion.c.id)
        .where(deletion.c.deleted_at < func.now() - older_than)
        .order_by(deletion.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = [row.id for row in rows]
    if ids:
        gone = await connection.execute(
            select(container.c.id, container.c.level).where(
                container.c.deletion_id.in_(ids), container.c.level.in_(("group", "project"))
            )
        )
        for row in gone.all():
            forget = remove_grants_of_group if row.level == "group" else remove_grants_of_project
            await forget(connection, row.id)
        await _forget_changes(connection, ids)
        await connection.execute(delete(file).where(file.c.deletion_id.in_(ids)))
        await connection.execute(delete(container).where(container.c.deletion_id.in_(ids)))
        await connection.execute(delete(deletion).where(deletion.c.id.in_(ids)))
    return len(ids)


async def _forget_changes(connection: AsyncConnection, deletion_ids: Sequence[str]) -> None:
    """Purged for good means that the change log's values go too."""
    for ids in (
        select(container.c.id).where(container.c.deletion_id.in_(deletion_ids)),
        select(file.c.file_id).where(file.c.deletion_id.in_(deletion_ids)),
    ):
        await connection.execute(delete(change_log).where(change_log.c.target_id.in_(ids)))
