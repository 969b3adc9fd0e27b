"""What placement asks of the catalog."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.queries import LIVE, LIVE_FILE
from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import analysis_input, container, file, note
from treadle.server.kit.errors import Trouble

# Copies hold other people's data under the same UIDs: new images never go there.
_ORIGINAL = container.c.doc["copy_of"].astext.is_(None)
_project = container.alias("locked_project")
# Nothing is added to a locked project: what is inside counts as not found (connector.md 8).
_OPEN = ~(
    select(_project.c.id)
    .where(_project.c.id == container.c.project_id, _project.c.doc["locked"]["reason"].astext.is_not(None))
    .correlate(container)
    .exists()
)


async def lock_study(connection: AsyncConnection, study_uid: str) -> None:
    """Placements of one study take turns until the transaction ends."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:uid, 11))"), {"uid": study_uid}
    )


async def by_uid(
    connection: AsyncConnection, *, level: str, uid: str, prefer_project: str | None
) -> Container | None:
    """The live container of this UID that takes images: in the preferred project first, then the newest."""
    preferred = container.c.project_id.is_not_distinct_from(prefer_project)
    row = (
        await connection.execute(
            select(container)
            .where(container.c.level == level, container.c.uid == uid, LIVE, _ORIGINAL, _OPEN)
            .order_by(preferred.desc(), container.c.created_at.desc(), container.c.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else as_container(row)


async def live_by_id(
    connection: AsyncConnection, container_id: str, level: str, sight: ColumnElement[bool] | None = None
) -> Container | None:
    """The live container of this id and level, if it is in sight."""
    query = select(container).where(container.c.id == container_id, container.c.level == level, LIVE)
    row = (await connection.execute(query if sight is None else query.where(sight))).one_or_none()
    return None if row is None else as_container(row)


async def hold(connection: AsyncConnection, target: Container) -> Container:
    """The container, which nobody can delete or move until the transaction ends."""
    query = select(container).where(container.c.id == target.id, LIVE).with_for_update(read=True)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise Trouble(f"The {target.level} was deleted at this very moment; try again.")
    return as_container(row)


async def projects_of(
    connection: AsyncConnection, group_id: str, sight: ColumnElement[bool] | None = None
) -> list[Container]:
    """The live projects of a group that are in sight, oldest first."""
    query = select(container).where(container.c.group_id == group_id, container.c.level == "project", LIVE)
    rows = await connection.execute(
        (query if sight is None else query.where(sight)).order_by(container.c.created_at, container.c.id)
    )
    return [as_container(row) for row in rows]


async def subjects_like(connection: AsyncConnection, project_id: str, label: str) -> list[Container]:
    """Subjects of a project whose label is this one or differs in case only, exact ones first."""
    rows = await connection.execute(
        select(container)
        .where(
            container.c.project_id == project_id,
            container.c.level == "subject",
            func.lower(container.c.label) == func.lower(label),
            LIVE,
        )
        .order_by((container.c.label == label).desc(), container.c.created_at, container.c.id)
        .limit(3)
    )
    return [as_container(row) for row in rows]


async def child_with_label(
    connection: AsyncConnection, *, level: str, parent_id: str, label: str
) -> Container | None:
    """The oldest live child of this label."""
    row = (
        await connection.execute(
            select(container)
            .where(
                container.c.parent_id == parent_id,
                container.c.level == level,
                container.c.label == label,
                LIVE,
            )
            .order_by(container.c.created_at, container.c.id)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else as_container(row)


def series_is(key: dict[str, str]) -> ColumnElement[bool]:
    """SQL condition on files: the current, live ones of this connector series."""
    return and_(
        file.c.series["series"].astext == key["series"],
        file.c.series["study"].astext == key["study"],
        file.c.series["bucket"].astext == key["bucket"],
        file.c.series.is_not(None),
        LIVE_FILE,
    )


async def series_file(
    connection: AsyncConnection, key: dict[str, str], *, acquisition_id: str | None = None
) -> File | None:
    """The newest live file of a connector series (in one acquisition)."""
    query = select(file).where(series_is(key))
    if acquisition_id is not None:
        query = query.where(file.c.parent_id == acquisition_id)
    row = (await connection.execute(query.order_by(file.c.id.desc()).limit(1))).one_or_none()
    return None if row is None else as_file(row)


async def file_names(connection: AsyncConnection, parent_id: str) -> set[str]:
    """The names of a container's files."""
    rows = await connection.execute(select(file.c.name).where(file.c.parent_id == parent_id, LIVE_FILE))
    return set(rows.scalars())


async def is_bare(connection: AsyncConnection, subject: Container) -> bool:
    """Whether nothing hangs on the subject: no container, file, note or input of an analysis."""
    for query in (
        select(container.c.id).where(container.c.parent_id == subject.id, LIVE),
        select(file.c.id).where(file.c.subject_id == subject.id, file.c.deleted_at.is_(None)),
        select(note.c.id).where(note.c.container_id == subject.id),
        select(analysis_input.c.analysis_id)
        .join(file, file.c.id == analysis_input.c.file_version_id)
        .where(file.c.subject_id == subject.id),
    ):
        if (await connection.execute(query.limit(1))).first() is not None:
            return False
    return not subject.info and not subject.tags


def parked_in(placement: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL condition on sessions: the connector put it there and it is still there."""
    return and_(
        placement["by"].astext == "connector",
        placement["target"]["project"].astext == container.c.project_id,
        placement["target"]["subject"].astext == container.c.subject_id,
    )


async def by_ids(connection: AsyncConnection, ids: set[str]) -> dict[str, Container]:
    """Containers by id."""
    if not ids:
        return {}
    rows = await connection.execute(select(container).where(container.c.id.in_(ids)))
    return {row.id: as_container(row) for row in rows}


async def group_ids(connection: AsyncConnection, sight: ColumnElement[bool]) -> list[str]:
    """The ids of all groups in sight but the parking one."""
    rows = await connection.execute(
        select(container.c.id)
        .where(container.c.level == "group", container.c.id != "unknown", LIVE, sight)
        .order_by(container.c.id)
    )
    return list(rows.scalars())


async def child_with_uid(
    connection: AsyncConnection, *, level: str, parent_id: str, uid: str
) -> Container | None:
    """The newest live child of this UID."""
    row = (
        await connection.execute(
            select(container)
            .where(
                container.c.parent_id == parent_id,
                container.c.level == level,
                container.c.uid == uid,
                LIVE,
            )
            .order_by(container.c.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else as_container(row)
