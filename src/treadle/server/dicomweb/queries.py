"""Studies, series and instances by their UIDs, over the files a caller may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import dicom_series, file, instance

_ABOVE = ("group", "project", "subject", "session", "acquisition", "analysis")
MOST = 50_000  # instances of one retrieval
_SERIES = dicom_series.join(file, file.c.id == dicom_series.c.file_version_id)
_INSTANCES = _SERIES.join(
    instance,
    and_(
        instance.c.file_version_id == dicom_series.c.file_version_id,
        instance.c.series == dicom_series.c.number,
    ),
)
_HEADER = file.c.info["header"]["dicom"].label("header")


@dataclass(frozen=True)
class Stored:
    """One instance: its UIDs and where it lies."""

    study_uid: str
    series_uid: str
    sop_uid: str
    transfer_syntax: str
    sha384: str
    offset: int
    compressed_size: int
    size: int
    method: int
    frames: int
    context: dict[str, Any]  # of its file, as the access log names it


def below(uids: Sequence[str]) -> list[ColumnElement[bool]]:
    """The conditions that a path's study, series and instance make."""
    columns = (dicom_series.c.study_uid, dicom_series.c.series_uid, instance.c.sop_uid)
    return [column == uid for column, uid in zip(columns, uids, strict=False)]


def among(sop_uids: Sequence[str]) -> ColumnElement[bool]:
    """The condition on instances of these UIDs."""
    return instance.c.sop_uid.in_(sop_uids)


async def page(
    connection: AsyncConnection,
    key: ColumnElement[str],
    where: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    offset: int,
    instances: bool,
) -> list[str]:
    """The distinct UIDs of one page, in their own order."""
    rows = await connection.execute(
        select(key)
        .select_from(_INSTANCES if instances else _SERIES)
        .where(*where)
        .distinct()
        .order_by(key)
        .limit(limit)
        .offset(offset)
    )
    return list(rows.scalars())


async def headers(
    connection: AsyncConnection,
    key: ColumnElement[str],
    uids: Sequence[str],
    where: Sequence[ColumnElement[bool]],
) -> dict[str, Any]:
    """By UID of a study or series, the newest file's header and what it is the header of."""
    rows = await connection.execute(
        select(key.label("uid"), dicom_series.c.study_uid, dicom_series.c.series_uid, _HEADER)
        .select_from(_SERIES)
        .where(key.in_(uids), *where)
        .ext(distinct_on(key))
        .order_by(key, dicom_series.c.number, file.c.id.desc())
    )
    return {row.uid: row for row in rows}


async def counts(
    connection: AsyncConnection,
    key: ColumnElement[str],
    uids: Sequence[str],
    where: Sequence[ColumnElement[bool]],
) -> dict[str, Any]:
    """By UID of a study or series: how many series and instances, which modalities and SOP classes."""
    modality = func.coalesce(_HEADER["Modality"].astext, file.c.modality)
    rows = await connection.execute(
        select(
            key.label("uid"),
            func.count(dicom_series.c.series_uid.distinct()).label("series"),
            func.count(instance.c.sop_uid.distinct()).label("instances"),
            func.array_agg(modality.distinct()).label("modalities"),
            func.array_agg(instance.c.sop_class_uid.distinct()).label("classes"),
        )
        .select_from(_INSTANCES)
        .where(key.in_(uids), *where)
        .group_by(key)
    )
    return {row.uid: row for row in rows}


async def instances(
    connection: AsyncConnection, uids: Sequence[str], where: Sequence[ColumnElement[bool]]
) -> list[Row[Any]]:
    """The index rows of these instances, each once, with the header of its file."""
    query: Select[Any] = (
        select(dicom_series.c.study_uid, dicom_series.c.series_uid, instance, _HEADER)
        .select_from(_INSTANCES)
        .where(instance.c.sop_uid.in_(uids), *where)
        .ext(distinct_on(instance.c.sop_uid))
        .order_by(instance.c.sop_uid, file.c.id.desc())
    )
    return list(await connection.execute(query))


async def stored(connection: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> list[Stored]:
    """The instances below a path, each once (of equal ones that of the newest file), by series and number."""
    columns = (
        dicom_series.c.study_uid,
        dicom_series.c.series_uid,
        instance.c.sop_uid,
        func.coalesce(instance.c.transfer_syntax, "").label("transfer_syntax"),
        file.c.blob_sha384.label("sha384"),
        instance.c.offset,
        instance.c.compressed_size,
        instance.c.size,
        instance.c.method,
        instance.c.frames,
    )
    about = (file.c.file_id, file.c.version, file.c.name, *(file.c[f"{level}_id"] for level in _ABOVE))
    found = (
        select(*columns, *about, instance.c.number)
        .select_from(_INSTANCES)
        .where(*where)
        .ext(distinct_on(instance.c.sop_uid))
        .order_by(instance.c.sop_uid, file.c.id.desc())
        .limit(MOST + 1)
        .subquery()
    )
    rows = await connection.execute(
        select(found).order_by(found.c.series_uid, found.c.number.nulls_last(), found.c.sop_uid)
    )
    names = [column.name for column in columns]
    return [
        Stored(**{name: row._mapping[name] for name in names}, context=_context(row._mapping)) for row in rows
    ]


def _context(row: RowMapping) -> dict[str, Any]:
    above = {level: {"id": row[f"{level}_id"]} for level in _ABOVE if row[f"{level}_id"] is not None}
    return {**above, "file": {"id": row["file_id"], "name": row["name"], "version": row["version"]}}
