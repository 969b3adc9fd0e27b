"""All plain reads of the catalog: single rows and batches, never one query per row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import (
    analysis_input,
    collection_member,
    container,
    file,
    note,
)
from treadle.server.store.db import among

_EMPTY: ColumnElement[Any] = literal_column("'{}'::jsonb", JSONB)

# Lists leave `info` out: it may be large and only single reads show it.
CONTAINER_LIST = (
    *(column for column in container.c if column.name != "info"),
    _EMPTY.label("info"),
    (container.c.info != _EMPTY).label("info_exists"),
)
FILE_LIST = (
    *(column for column in file.c if column.name != "info"),
    _EMPTY.label("info"),
    (file.c.info != _EMPTY).label("info_exists"),
)

LIVE = container.c.deleted_at.is_(None)
LIVE_FILE = file.c.is_current & file.c.deleted_at.is_(None)


async def container_by_id(
    connection: AsyncConnection, container_id: str, *, lock: bool = False
) -> Container | None:
    """The live container of this id."""
    query = select(container).where(container.c.id == container_id, LIVE)
    if lock:
        query = query.with_for_update(key_share=True)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else as_container(row)


async def containers_by_ids(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Container]:
    """Live containers by id, without their info."""
    if not ids:
        return {}
    rows = await connection.execute(select(*CONTAINER_LIST).where(among(container.c.id, ids), LIVE))
    return {row.id: as_container(row) for row in rows}


async def files_by_ids(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, File]:
    """Current files by the ids they were asked for with: their own, or those of any version."""
    named = file.alias()
    rows = await connection.execute(
        select(file, named.c.id.label("version_id"))
        .join(named, named.c.file_id == file.c.file_id)
        .where(LIVE_FILE, named.c.id.in_(ids) | file.c.file_id.in_(ids))
    )
    found = {}
    for row in rows:
        found[row.version_id] = found[row.file_id] = as_file(row)
    return {one: found[one] for one in ids if one in found}


async def child_by_label(
    connection: AsyncConnection, *, level: str, scope: ColumnElement[bool], label: str
) -> Container | None:
    """The oldest live container of the level with exactly this label within the scope."""
    row = (
        await connection.execute(
            select(container)
            .where(container.c.level == level, scope, container.c.label == label, LIVE)
            .order_by(container.c.created_at, container.c.id)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else as_container(row)


async def files_of(
    connection: AsyncConnection, parent_ids: Collection[str], *, info: bool = False
) -> dict[str, list[File]]:
    """Current files of each container, oldest first."""
    found: dict[str, list[File]] = defaultdict(list)
    if parent_ids:
        columns: Sequence[Any] = tuple(file.c) if info else FILE_LIST
        rows = await connection.execute(
            select(*columns).where(file.c.parent_id.in_(parent_ids), LIVE_FILE).order_by(file.c.file_id)
        )
        for row in rows:
            found[row.parent_id].append(as_file(row))
    return found


async def inputs_of(connection: AsyncConnection, analysis_ids: Collection[str]) -> dict[str, list[File]]:
    """Pinned input file versions of each analysis, in their order."""
    found: dict[str, list[File]] = defaultdict(list)
    if analysis_ids:
        rows = await connection.execute(
            select(analysis_input.c.analysis_id.label("of_analysis"), *FILE_LIST)
            .join_from(analysis_input, file, analysis_input.c.file_version_id == file.c.id)
            .where(analysis_input.c.analysis_id.in_(analysis_ids))
            .order_by(analysis_input.c.position)
        )
        for row in rows:
            found[row.of_analysis].append(as_file(row))
    return found


async def notes_of(connection: AsyncConnection, container_ids: Collection[str]) -> dict[str, list[Any]]:
    """Notes of each container, oldest first; rows of the note table."""
    found: dict[str, list[Any]] = defaultdict(list)
    if container_ids:
        rows = await connection.execute(
            select(note).where(note.c.container_id.in_(container_ids)).order_by(note.c.id)
        )
        for row in rows:
            found[row.container_id].append(row)
    return found


async def analyses_of(connection: AsyncConnection, parent_ids: Collection[str]) -> dict[str, list[Container]]:
    """Analyses directly on each container."""
    found: dict[str, list[Container]] = defaultdict(list)
    if parent_ids:
        rows = await connection.execute(
            select(*CONTAINER_LIST)
            .where(container.c.parent_id.in_(parent_ids), container.c.level == "analysis", LIVE)
            .order_by(container.c.id)
        )
        for row in rows:
            found[row.parent_id].append(as_container(row))
    return found


async def collections_of(
    connection: AsyncConnection, acquisition_ids: Collection[str]
) -> dict[str, list[str]]:
    """Ids of the collections that hold each acquisition."""
    found: dict[str, list[str]] = defaultdict(list)
    if acquisition_ids:
        rows = await connection.execute(
            select(collection_member).where(collection_member.c.acquisition_id.in_(acquisition_ids))
        )
        for row in rows:
            found[row.acquisition_id].append(row.collection_id)
    return found


def below(level: str, container_id: str) -> ColumnElement[bool]:
    """SQL condition on containers: this one and everything under it."""
    if level in ("analysis", "collection"):
        return container.c.id == container_id
    return container.c[f"{level}_id"] == container_id


def files_below(level: str, container_id: str) -> ColumnElement[bool]:
    """SQL condition on files: those of this container and of everything under it."""
    if level == "analysis":
        return file.c.analysis_id == container_id
    if level == "collection":
        return file.c.parent_id == container_id
    return file.c[f"{level}_id"] == container_id


async def project_stats(
    connection: AsyncConnection, project_ids: Collection[str]
) -> dict[str, dict[str, int]]:
    """Number of subjects, sessions, acquisitions, files and bytes of each project."""
    stats: dict[str, dict[str, int]] = {
        project_id: {"subjects": 0, "sessions": 0, "acquisitions": 0, "files": 0, "bytes": 0}
        for project_id in project_ids
    }
    if not project_ids:
        return stats
    counts = await connection.execute(
        select(container.c.project_id, container.c.level, func.count().label("n"))
        .where(
            container.c.project_id.in_(project_ids),
            container.c.level.in_(("subject", "session", "acquisition")),
            LIVE,
        )
        .group_by(container.c.project_id, container.c.level)
    )
    for row in counts:
        stats[row.project_id][f"{row.level}s"] = row.n
    sizes = await connection.execute(
        select(file.c.project_id, func.count().label("n"), func.sum(file.c.size).label("bytes"))
        .where(file.c.project_id.in_(project_ids), LIVE_FILE)
        .group_by(file.c.project_id)
    )
    for row in sizes:
        stats[row.project_id].update(files=row.n, bytes=int(row.bytes or 0))
    return stats


async def collection_stats(
    connection: AsyncConnection, collection_ids: Collection[str], *, visible: ColumnElement[bool]
) -> dict[str, dict[str, int]]:
    """Number of visible sessions, subjects and non-compliant sessions, and of own files, of each collection."""
    names = ("session_count", "subject_count", "attachment_count", "noncompliant_session_count")
    stats = {key: dict.fromkeys(names, 0) for key in collection_ids}
    session = container.alias()
    fails = session.c.doc["satisfies_template"].as_boolean().is_(False)
    members = await connection.execute(
        select(
            collection_member.c.collection_id,
            func.count(container.c.session_id.distinct()).label("session_count"),
            func.count(container.c.subject_id.distinct()).label("subject_count"),
            func.count(session.c.id.distinct()).filter(fails).label("noncompliant_session_count"),
        )
        .join_from(collection_member, container, container.c.id == collection_member.c.acquisition_id)
        .join(session, session.c.id == container.c.session_id)
        .where(collection_member.c.collection_id.in_(collection_ids), LIVE, visible)
        .group_by(collection_member.c.collection_id)
    )
    for row in members:
        stats[row.collection_id].update({name: row._mapping[name] for name in names if name in row._mapping})
    attached = await connection.execute(
        select(file.c.parent_id, func.count().label("n"))
        .where(file.c.parent_id.in_(collection_ids), LIVE_FILE)
        .group_by(file.c.parent_id)
    )
    for row in attached:
        stats[row.parent_id]["attachment_count"] = row.n
    return stats


def page(query: Select[Any], *, limit: int | None, skip: int) -> Select[Any]:
    """The query cut to one page."""
    if limit is not None:
        query = query.limit(limit)
    return query.offset(skip) if skip else query


async def lock_label(connection: AsyncConnection, *parts: str) -> None:
    """Serialise find-or-create steps with the same key until the transaction ends."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))"), {"key": "\x1f".join(parts)}
    )
