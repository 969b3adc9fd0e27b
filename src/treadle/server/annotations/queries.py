"""Measurement sets as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.annotations.tables import annotation, annotation_version
from treadle.server.catalog.tables import file, instance


@dataclass(frozen=True)
class Version:
    """One version of a set."""

    version: int
    is_draft: bool
    data: dict[str, Any]
    author_id: str
    restored_from: int | None
    blob_sha384: str | None
    blob_name: str | None
    blob_size: int | None
    created_at: datetime


@dataclass(frozen=True)
class Measurements:
    """A set with one of its versions, and the file version it is on."""

    id: str
    name: str
    author_id: str
    task_id: str | None
    version: int  # the newest saved one
    revision: int
    created_at: datetime
    modified_at: datetime
    deleted_at: datetime | None
    delete_reason: str | None
    file_version_id: str
    file_id: str
    file_version: int
    parents: dict[str, str]
    project_id: str | None
    shown: Version


_LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis")
_VERSION = [column for column in annotation_version.c if column.name != "annotation_id"]
_SET = (
    "id",
    "name",
    "author_id",
    "task_id",
    "revision",
    "created_at",
    "modified_at",
    "deleted_at",
    "delete_reason",
)


def _query(person: str, *, version: int | None) -> Select[Any]:
    """Sets with the version asked for; else their own draft to its author, and the newest saved one to others."""
    wanted: ColumnElement[bool]
    if version is not None:
        draft = and_(annotation_version.c.is_draft, annotation_version.c.author_id != person)
        wanted = and_(annotation_version.c.version == version, ~draft)
    else:
        newest = (
            select(func.max(annotation_version.c.version))
            .where(
                annotation_version.c.annotation_id == annotation.c.id,
                or_(~annotation_version.c.is_draft, annotation_version.c.author_id == person),
            )
            .correlate(annotation)
            .scalar_subquery()
        )
        wanted = annotation_version.c.version == newest
    return (
        select(
            *(annotation.c[name] for name in _SET),
            annotation.c.version.label("newest"),
            annotation.c.file_version_id,
            file.c.file_id,
            file.c.version.label("file_version"),
            *(file.c[f"{level}_id"] for level in _LEVELS),
            *(column.label(f"v_{column.name}") for column in _VERSION),
        )
        .join(annotation_version, annotation_version.c.annotation_id == annotation.c.id)
        .join(file, file.c.id == annotation.c.file_version_id)
        .where(wanted, file.c.deleted_at.is_(None))
    )


def _read(row: Row[Any]) -> Measurements:
    values = row._mapping
    return Measurements(
        **{name: values[name] for name in _SET},
        version=values["newest"],
        file_version_id=values["file_version_id"],
        file_id=values["file_id"],
        file_version=values["file_version"],
        parents={level: values[f"{level}_id"] for level in _LEVELS if values[f"{level}_id"]},
        project_id=values["project_id"],
        shown=Version(**{column.name: values[f"v_{column.name}"] for column in _VERSION}),
    )


async def find(
    connection: AsyncConnection, annotation_id: str, person: str, *, version: int | None = None
) -> Measurements | None:
    """One set as this person may see it; deleted ones too."""
    query = _query(person, version=version).where(annotation.c.id == annotation_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _read(row)


async def several(
    connection: AsyncConnection,
    person: str,
    where: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    after: str | None,
) -> list[Measurements]:
    """A page of sets, oldest first."""
    query = _query(person, version=None).where(*where)
    if after:
        query = query.where(annotation.c.id > after)
    rows = await connection.execute(query.order_by(annotation.c.id).limit(limit))
    return [_read(row) for row in rows]


async def count(connection: AsyncConnection, person: str, where: Sequence[ColumnElement[bool]]) -> int:
    """How many sets there are."""
    query = _query(person, version=None).where(*where).with_only_columns(func.count())
    return int((await connection.execute(query)).scalar_one())


async def versions(connection: AsyncConnection, annotation_id: str, person: str) -> list[Version]:
    """The versions of a set that this person may see, newest first."""
    rows = await connection.execute(
        select(*_VERSION)
        .where(
            annotation_version.c.annotation_id == annotation_id,
            or_(~annotation_version.c.is_draft, annotation_version.c.author_id == person),
        )
        .order_by(annotation_version.c.version.desc())
    )
    return [Version(**row._mapping) for row in rows]


async def numbers_of(
    connection: AsyncConnection, file_version_id: str, sop_uids: Sequence[str]
) -> dict[str, int | None]:
    """The instance numbers of those of the UIDs that the file has."""
    rows = await connection.execute(
        select(instance.c.sop_uid, instance.c.number).where(
            instance.c.file_version_id == file_version_id, instance.c.sop_uid.in_(sop_uids)
        )
    )
    return {row.sop_uid: row.number for row in rows}
